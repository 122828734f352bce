import { DataError, imageField, type TypedArray } from '@gantry/core'
import { type Columns, columnWriter, fieldsOf, labelReader } from '../columns.ts'
import { evenlySpaced } from '../fingerprint.ts'
import type { SampleSource } from '../sample-source.ts'
import { readSlice } from '../shards/read-slice.ts'
import { centreCrop, drawCrop } from './crop.ts'
import { type ImageFormat, loadedSide, reasonOf } from './image.ts'
import { ownSizeImages } from './own-size-images.ts'
import { PIXEL_BUDGET } from './pixel-store.ts'
import { squareImages } from './square-images.ts'

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
  /** What several samples show, as in {@link SampleSource.groupOf}. */
  groupOf?(index: number): string
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
 * Images that are decoded as they are needed, and cropped to squares: where random numbers are given, at random, else around their
 * centres. All images of a sample are cropped alike.
 *
 * In place of a sample with an image that turns out to be damaged comes the next one. That depends on the files alone and
 * not on what was read before, so a resumed stream still equals the uninterrupted one.
 */
export function decodedSource(images: EncodedImages, options: DecodedSourceOptions): SampleSource {
  const { size: count, fields: names = ['image'], columns = {} } = images
  const { format, onSkip, budget = PIXEL_BUDGET } = options
  const { size, channels, flip = false } = format
  const moves = flip || loadedSide(format) !== size
  const field = imageField([size, size, channels])
  const labelOf = labelReader(columns)
  const writeColumns = columnWriter(columns)
  // Images by their numbers: all of one sample, then all of the next.
  const load = (image: number) => images.load(Math.floor(image / names.length), names[image % names.length]!)
  const store = { count: count * names.length, load, format, budget }
  const { readCrop, release } = loadedSide(format) === undefined ? ownSizeImages(store) : squareImages(store)
  const damaged = new Set<number>()
  return {
    size: count,
    fields: { ...Object.fromEntries(names.map((name) => [name, field])), ...fieldsOf(columns) },
    readAhead: 2,
    nameOf: (index) => images.nameOf(index, names[0]!),
    ...(images.groupOf && { groupOf: images.groupOf }),
    ...(labelOf && { labelOf }),
    identity: () => identityOf(images, names),
    async read(wanted, targets, random) {
      const crop = moves && random ? drawCrop(random, flip) : centreCrop
      const attempts = Math.min(count, MAXIMUM_FAILURES)
      for (let attempt = 0; attempt < attempts; attempt++) {
        const index = (wanted + attempt) % count
        if (damaged.has(index)) continue
        for (const [place, name] of names.entries()) {
          try {
            await readCrop(index * names.length + place, crop, targets[name] as Float32Array)
          } catch (error) {
            // Several batches may have waited for the same sample.
            if (!damaged.has(index)) onSkip(images.nameOf(index, name), reasonOf(error))
            damaged.add(index)
            break
          }
        }
        if (!damaged.has(index)) return writeColumns(index, targets)
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
