import { createHash } from 'node:crypto'
import { type NDArray, rowsOf, sizeOfShape } from '@gantry/core'
import { type EvaluatedSamples, type FeatureMatrix, type ImageBatch, quantiseImages, type Work } from '@gantry/metrics'
import type { Samples } from './samples.ts'

/** Bytes of images that are kept of either side, for grids and for metrics that look at images. */
const KEPT_BYTES = 256 * 2 ** 20

/** Which samples of a side, and how its progress is called. */
export interface Range extends Work {
  readonly from: number
  readonly count: number
  readonly what: string
  /** Told what a person should know. */
  readonly say?: (text: string) => void
}

/** The first images of a side, as many as there is memory for. */
export class FirstImages {
  readonly #parts: Uint8Array[] = []
  #shape: readonly number[]
  #kept = 0
  count = 0

  constructor(shape: readonly number[]) {
    this.#shape = shape
  }

  add({ shape, data }: ImageBatch): void {
    const [rows = 0, ...image] = shape
    this.#shape = image
    const length = sizeOfShape(image)
    const room = Math.min(rows, Math.floor(KEPT_BYTES / length) - this.#kept)
    if (room > 0) {
      this.#parts.push(data.subarray(0, length * room))
      this.#kept += room
    }
    this.count += rows
  }

  get complete(): boolean {
    return this.#kept === this.count
  }

  get images(): ImageBatch {
    const data = new Uint8Array(this.#kept * sizeOfShape(this.#shape))
    let at = 0
    for (const part of this.#parts) {
      data.set(part, at)
      at += part.length
    }
    return { dtype: 'uint8', shape: [this.#kept, ...this.#shape], data }
  }
}

/** What reading images leaves behind: the first ones themselves and what they were made of, and all labels. */
export class KeptImages {
  readonly #images: FirstImages
  readonly #sources: FirstImages | undefined
  readonly #labels: number[] = []

  constructor({ field, translation }: Pick<Samples, 'field' | 'translation'>) {
    this.#images = new FirstImages(field.shape)
    this.#sources = translation && new FirstImages([])
  }

  add(images: ImageBatch, { labels, sources }: KeptBeside): void {
    this.#images.add(images)
    if (sources) this.#sources?.add(sources)
    if (labels) this.#labels.push(...labels.data)
  }

  get count(): number {
    return this.#images.count
  }

  get complete(): boolean {
    return this.#images.complete
  }

  /** What is kept, as evaluations take it. */
  get kept(): Pick<EvaluatedSamples, 'labels' | 'sources'> & { readonly images: ImageBatch } {
    const images = this.#images.images
    const sources = this.#sources?.images
    const labels = this.#labels.length === this.count ? Int32Array.from(this.#labels) : undefined
    return {
      images,
      ...(sources && { sources: rowsOf(sources, 0, Math.min(sources.shape[0]!, images.shape[0]!)) }),
      ...(labels && { labels }),
    }
  }
}

interface KeptBeside {
  readonly labels?: NDArray<'int32'> | undefined
  readonly sources?: ImageBatch | undefined
}

/** 8-bit images of a side, batch by batch; `keep` gets what is read. */
export async function* imageBatches(
  samples: Samples,
  { from, count, signal }: Range,
  keep?: KeptImages,
): AsyncGenerator<ImageBatch> {
  let done = 0
  for await (const batch of samples.batches(from, count)) {
    signal?.throwIfAborted()
    const images = quantiseImages(batch.samples, from + done, samples.field.range)
    const sources = batch.sources && quantiseImages(batch.sources, from + done, samples.translation?.source.range)
    keep?.add(images, { labels: batch.labels, sources })
    yield images
    done += images.shape[0]!
  }
}

/** Reads a side without looking at it: its content as a hash, and what fits into memory. */
export async function readImages(
  samples: Samples,
  range: Range,
): Promise<{ readonly kept: KeptImages; readonly sha256: string }> {
  const kept = new KeptImages(samples)
  const hash = createHash('sha256').update(samples.field.shape.join('×'))
  for await (const images of imageBatches(samples, range, kept)) {
    hash.update(images.data)
    range.progress?.(kept.count, range.count, range.what)
  }
  return { kept, sha256: hash.digest('hex') }
}

/** Samples of a side that are their own features, such as points. */
export async function readFeatures(
  samples: Samples,
  { from, count, what, progress, signal }: Range,
): Promise<{ readonly features: FeatureMatrix; readonly sha256: string }> {
  const columns = samples.field.shape.reduce((product, side) => product * side, 1)
  const data = new Float32Array(count * columns)
  let at = 0
  for await (const batch of samples.batches(from, count)) {
    signal?.throwIfAborted()
    data.set(batch.samples.data as Float32Array, at)
    at += batch.samples.data.length
    progress?.(at / columns, count, what)
  }
  const sha256 = createHash('sha256').update(new Uint8Array(data.buffer)).digest('hex')
  return { features: { rows: count, columns, data }, sha256 }
}
