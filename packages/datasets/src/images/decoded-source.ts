import { DataError, imageField, type TypedArray } from '@gantry/core'
import { type Columns, columnWriter, fieldsOf, labelReader } from '../columns.ts'
import { evenlySpaced } from '../fingerprint.ts'
import { writePixelValues } from '../pixel-values.ts'
import type { SampleSource } from '../sample-source.ts'
import { readSlice } from '../shards/read-slice.ts'
import { decodeImage, type ImageFormat, reasonOf } from './image.ts'
import { PIXEL_BUDGET, PixelStore } from './pixel-store.ts'

/** More images in a row that fail than this are no damaged images but a disk that went away. */
const MAXIMUM_FAILURES = 100

/** Bytes of an image that go into the fingerprint. */
const BEGINNING = 16 * 1024

/** PNG, JPEG or WebP images wherever they lie. */
export interface EncodedImages {
  readonly size: number
  /** Names of the fields that hold images, one of each in every sample; `image` alone by default. */
  readonly fields?: readonly string[]
  /** What a sample has beside its images, such as its label. */
  readonly columns?: Columns
  /** What a person finds an image by. */
  nameOf(index: number, field: string): string
  /** The path of a file of its own, or the bytes. */
  load(index: number, field: string): string | Promise<Uint8Array>
  /** Name and length in bytes: another one when an image was replaced. Does not tell where the files lie. */
  signatureOf(index: number, field: string): string
}

export interface DecodedSourceOptions {
  readonly format: ImageFormat
  /** Told about each sample with an image that cannot be decoded, once; an error it throws ends the stream. */
  readonly onSkip: (name: string, reason: string) => void
  /** Code of the error when nothing can be decoded any more. */
  readonly unusable: string
  /** Bytes of decoded pixels to keep. */
  readonly budget?: number
}

/**
 * Images that are decoded as they are needed.
 *
 * In place of a sample with an image that turns out to be damaged comes the next one. That depends on the files alone and
 * not on what was read before, so a resumed stream still equals the uninterrupted one.
 */
export function decodedSource(images: EncodedImages, options: DecodedSourceOptions): SampleSource {
  const { size: count, fields: names = ['image'], columns = {} } = images
  const { size, channels } = options.format
  const field = imageField([size, size, channels])
  const labelOf = labelReader(columns)
  const writeColumns = columnWriter(columns)
  const { pixelsOf, release } = pixelReader(images, names, options)
  const length = size * size * channels
  return {
    size: count,
    fields: { ...Object.fromEntries(names.map((name) => [name, field])), ...fieldsOf(columns) },
    readAhead: 2,
    nameOf: (index) => images.nameOf(index, names[0]!),
    ...(labelOf && { labelOf }),
    identity: () => identityOf(images, names),
    async read(wanted, targets) {
      const attempts = Math.min(count, MAXIMUM_FAILURES)
      for (let attempt = 0; attempt < attempts; attempt++) {
        const index = (wanted + attempt) % count
        const pixels = await pixelsOf(index)
        if (pixels === undefined) continue
        for (const [place, name] of names.entries()) {
          writePixelValues(pixels.subarray(place * length, (place + 1) * length), targets[name] as Float32Array)
        }
        return writeColumns(index, targets)
      }
      throw new DataError({
        code: options.unusable,
        message: `${attempts} images in a row, from '${images.nameOf(wanted, names[0]!)}' on, could be opened but not decoded.`,
        fix: 'Check that the disk is still there.',
      })
    },
    release,
  }
}

/** Columns, names and lengths of all images, and how some of them begin: that tells files of one name and length apart. */
async function* identityOf(images: EncodedImages, names: readonly string[]): AsyncGenerator<string | TypedArray> {
  for (const { data } of Object.values(images.columns ?? {})) yield data
  for (const name of names) {
    yield JSON.stringify(Array.from({ length: images.size }, (_, index) => images.signatureOf(index, name)))
    for (const index of evenlySpaced(images.size)) yield await beginningOf(images.load(index, name))
  }
}

/** Nothing of an image that cannot be read: it is found out when its turn comes. */
async function beginningOf(image: string | Promise<Uint8Array>): Promise<Uint8Array> {
  try {
    if (typeof image === 'string') return await readSlice(image, { offset: 0, size: BEGINNING })
    return (await image).subarray(0, BEGINNING)
  } catch {
    return new Uint8Array()
  }
}

/** Reads the pixels of a sample, one image behind the other; undefined when one of them is damaged. */
function pixelReader(
  images: EncodedImages,
  names: readonly string[],
  { format, onSkip, budget = PIXEL_BUDGET }: DecodedSourceOptions,
) {
  const length = format.size * format.size * format.channels
  const store = new PixelStore(images.size, names.length * length, budget)
  const damaged = new Set<number>()

  async function decode(index: number): Promise<Uint8Array | undefined> {
    const pixels = new Uint8Array(names.length * length)
    for (const [place, name] of names.entries()) {
      try {
        pixels.set(await decodeImage(await images.load(index, name), format), place * length)
      } catch (error) {
        // Several batches may have waited for the same sample.
        if (!damaged.has(index)) {
          onSkip(images.nameOf(index, name), reasonOf(error))
          damaged.add(index)
        }
        return undefined
      }
    }
    return pixels
  }

  return {
    async pixelsOf(index: number): Promise<Uint8Array | undefined> {
      if (damaged.has(index)) return undefined
      const kept = store.get(index)
      if (kept !== undefined) return kept
      const pixels = await decode(index)
      if (pixels !== undefined) store.set(index, pixels)
      return pixels
    },
    release: () => store.release(),
  }
}
