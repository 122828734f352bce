import { join } from 'node:path'
import { DataError } from '@gantry/core'
import { writePixelValues } from '../pixel-values.ts'
import type { SampleSource } from '../sample-source.ts'
import { folderLabels } from './folder-labels.ts'
import { decodeImage, type ImageFormat, reasonOf } from './image.ts'
import { PIXEL_BUDGET, PixelStore } from './pixel-store.ts'

/** More images in a row that fail than this are no damaged images but a disk that went away. */
const MAXIMUM_FAILURES = 100

export interface FolderSourceOptions {
  readonly format: ImageFormat
  /** Told about each image whose header was fine but whose pixels are not, once; an error it throws ends the stream. */
  readonly onSkip: (path: string, reason: string) => void
  /** Bytes of decoded pixels to keep. */
  readonly budget?: number
}

export interface FolderSource extends SampleSource {
  release(): void
}

/**
 * The images of a folder, decoded as they are needed.
 *
 * In place of an image that turns out to be damaged comes the next one of the folder. That depends on the files alone and
 * not on what was read before, so a resumed stream still equals the uninterrupted one.
 */
export function folderSource(
  root: string,
  paths: readonly string[],
  { format, onSkip, budget = PIXEL_BUDGET }: FolderSourceOptions,
): FolderSource {
  const { size, channels } = format
  const labels = folderLabels(paths)
  const store = new PixelStore(paths.length, size * size * channels, budget)
  const damaged = new Set<number>()

  /** Pixels of an image; undefined when it is damaged. */
  async function pixelsOf(index: number): Promise<Uint8Array | undefined> {
    if (damaged.has(index)) return undefined
    const kept = store.get(index)
    if (kept !== undefined) return kept
    try {
      const pixels = await decodeImage(join(root, paths[index]!), format)
      store.set(index, pixels)
      return pixels
    } catch (error) {
      // Several batches may have waited for the same image.
      if (!damaged.has(index)) {
        onSkip(paths[index]!, reasonOf(error))
        damaged.add(index)
      }
      return undefined
    }
  }

  return {
    size: paths.length,
    sampleShape: [size, size, channels],
    ...(labels && { labels: labels.names }),
    readAhead: 2,
    async read(wanted, target) {
      const attempts = Math.min(paths.length, MAXIMUM_FAILURES)
      for (let attempt = 0; attempt < attempts; attempt++) {
        const index = (wanted + attempt) % paths.length
        const pixels = await pixelsOf(index)
        if (pixels === undefined) continue
        writePixelValues(pixels, target)
        return labels?.labelOf(paths[index]!) ?? 0
      }
      throw new DataError({
        code: 'FOLDER_UNUSABLE',
        message: `${attempts} images in a row, from '${join(root, paths[wanted]!)}' on, could be opened but not decoded.`,
        fix: 'Check that the disk is still there.',
      })
    },
    release: () => store.release(),
  }
}
