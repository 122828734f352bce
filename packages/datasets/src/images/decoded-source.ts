import { DataError } from '@gantry/core'
import { writePixelValues } from '../pixel-values.ts'
import type { SampleSource } from '../sample-source.ts'
import { decodeImage, type ImageFormat, reasonOf } from './image.ts'
import { PIXEL_BUDGET, PixelStore } from './pixel-store.ts'

/** More images in a row that fail than this are no damaged images but a disk that went away. */
const MAXIMUM_FAILURES = 100

/** PNG, JPEG or WebP images wherever they lie. */
export interface EncodedImages {
  readonly size: number
  /** Names of the classes; absent for unlabelled images. */
  readonly labels?: readonly string[]
  /** There when `labels` is. */
  labelOf?(index: number): number
  /** What a person finds the image by. */
  nameOf(index: number): string
  /** The path of a file of its own, or the bytes. */
  load(index: number): string | Promise<Uint8Array>
}

export interface DecodedSourceOptions {
  readonly format: ImageFormat
  /** Told about each image that cannot be decoded, once; an error it throws ends the stream. */
  readonly onSkip: (name: string, reason: string) => void
  /** Code of the error when nothing can be decoded any more. */
  readonly unusable: string
  /** Bytes of decoded pixels to keep. */
  readonly budget?: number
}

/**
 * Images that are decoded as they are needed.
 *
 * In place of an image that turns out to be damaged comes the next one. That depends on the files alone and not on what
 * was read before, so a resumed stream still equals the uninterrupted one.
 */
export function decodedSource(images: EncodedImages, options: DecodedSourceOptions): SampleSource {
  const { format, onSkip, unusable, budget = PIXEL_BUDGET } = options
  const { size: count, labels } = images
  const { size, channels } = format
  const store = new PixelStore(count, size * size * channels, budget)
  const damaged = new Set<number>()

  /** Pixels of an image; undefined when it is damaged. */
  async function pixelsOf(index: number): Promise<Uint8Array | undefined> {
    if (damaged.has(index)) return undefined
    const kept = store.get(index)
    if (kept !== undefined) return kept
    try {
      const pixels = await decodeImage(await images.load(index), format)
      store.set(index, pixels)
      return pixels
    } catch (error) {
      // Several batches may have waited for the same image.
      if (!damaged.has(index)) {
        onSkip(images.nameOf(index), reasonOf(error))
        damaged.add(index)
      }
      return undefined
    }
  }

  return {
    size: count,
    sampleShape: [size, size, channels],
    ...(labels && { labels, labelOf: (index: number) => images.labelOf!(index) }),
    readAhead: 2,
    async read(wanted, target) {
      const attempts = Math.min(count, MAXIMUM_FAILURES)
      for (let attempt = 0; attempt < attempts; attempt++) {
        const index = (wanted + attempt) % count
        const pixels = await pixelsOf(index)
        if (pixels === undefined) continue
        writePixelValues(pixels, target)
        return images.labelOf?.(index) ?? 0
      }
      throw new DataError({
        code: unusable,
        message: `${attempts} images in a row, from '${images.nameOf(wanted)}' on, could be opened but not decoded.`,
        fix: 'Check that the disk is still there.',
      })
    },
    release: () => store.release(),
  }
}
