import { createHash } from 'node:crypto'
import type { NDArray } from '@gantry/core'
import { type FeatureMatrix, type ImageBatch, quantiseImages, type Work } from '@gantry/metrics'
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

/** What reading images leaves behind: the first ones themselves, and all labels. */
export class KeptImages {
  readonly #shape: readonly number[]
  readonly #parts: Uint8Array[] = []
  readonly #most: number
  readonly #labels: number[] = []
  #kept = 0
  count = 0

  constructor({ field: { shape } }: Samples) {
    this.#shape = shape
    this.#most = Math.floor(KEPT_BYTES / shape.reduce((product, side) => product * side, 1))
  }

  add(images: ImageBatch, labels: NDArray<'int32'> | undefined): void {
    const rows = images.shape[0]!
    const room = Math.min(rows, this.#most - this.#kept)
    if (room > 0) {
      this.#parts.push(images.data.subarray(0, (images.data.length / rows) * room))
      this.#kept += room
    }
    if (labels) this.#labels.push(...labels.data)
    this.count += rows
  }

  get complete(): boolean {
    return this.#kept === this.count
  }

  get images(): ImageBatch {
    const length = this.#shape.reduce((product, side) => product * side, this.#kept)
    const data = new Uint8Array(length)
    let at = 0
    for (const part of this.#parts) {
      data.set(part, at)
      at += part.length
    }
    return { dtype: 'uint8', shape: [this.#kept, ...this.#shape], data }
  }

  get labels(): Int32Array | undefined {
    return this.#labels.length === this.count ? Int32Array.from(this.#labels) : undefined
  }
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
    keep?.add(images, batch.labels)
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
