import { type NDArray, ndarray } from '@gantry/core'
import { drawLatents, type LatentSpace } from './latents.ts'

/** Memory of a convolutional generator grows with its batch: more samples than this are made in parts. */
const LARGEST_BATCH = 64

/** Batches that the generator is ahead at the most: an engine takes several that wait in one go. */
const MOST_AHEAD = 7

/** Bytes of batches that may wait for the consumer. */
const BYTES_AHEAD = 2 ** 22

/** How many batches {@link generateBatches} keeps the generator ahead, by the bytes of one. */
export function batchesAhead(bytes: number): number {
  return Math.max(1, Math.min(MOST_AHEAD, Math.floor(BYTES_AHEAD / bytes)))
}

/** Latent vectors [batch, size], and labels [batch] for a conditional generator, to samples [batch, ...sampleShape]. */
export type Generator = (latent: NDArray<'float32'>, labels?: NDArray<'int32'>) => Promise<NDArray>

export interface GenerateOptions {
  readonly seed: number
  readonly count: number
  readonly batchSize?: number
  /** Label of each sample by its number, for a conditional generator. */
  readonly labelOf?: (index: number) => number
}

/**
 * Generates samples number 0 to `count - 1` of a seed, in batches of at most 64; sample 70 is the same whatever the split.
 * The generator works one batch ahead of the consumer, up to seven if they are small (4 MB together).
 *
 * @returns parts of float32 [batch, ...sampleShape], each with the number of its first sample
 *
 * @example
 * ```ts
 * for await (const { from, samples } of generateBatches(generator, latentSpace, { seed: 0, count: 10_000 })) …
 * ```
 */
export async function* generateBatches(
  generator: Generator,
  latentSpace: LatentSpace,
  { seed, count, batchSize = LARGEST_BATCH, labelOf }: GenerateOptions,
): AsyncGenerator<{ readonly from: number; readonly samples: NDArray }> {
  const start = async (from: number) => {
    const size = Math.min(batchSize, count - from)
    const latent = drawLatents(latentSpace, { seed, from, count: size })
    const labels = labelOf && Int32Array.from({ length: size }, (_, index) => labelOf(from + index))
    return { from, samples: await generator(latent, labels && ndarray('int32', [size], labels)) }
  }
  const started: ReturnType<typeof start>[] = []
  let [next, ahead] = [0, 1]
  try {
    while (next < count || started.length > 0) {
      while (next < count && started.length <= ahead) {
        const batch = start(next)
        // Reported when its turn comes; until then nobody listens.
        batch.catch(() => {})
        started.push(batch)
        next += batchSize
      }
      const batch = await started.shift()!
      ahead = batchesAhead(batch.samples.data.byteLength)
      yield batch
    }
  } finally {
    // The consumer may dispose the generator as soon as its loop has ended.
    await Promise.allSettled(started)
  }
}

/**
 * {@link generateBatches} in one array.
 *
 * @returns float32 [count, ...sampleShape]
 */
export async function generate(
  generator: Generator,
  latentSpace: LatentSpace,
  options: GenerateOptions,
): Promise<NDArray<'float32'>> {
  let all: NDArray<'float32'> | undefined
  for await (const { from, samples } of generateBatches(generator, latentSpace, options)) {
    all ??= ndarray('float32', [options.count, ...samples.shape.slice(1)])
    all.data.set(samples.data as Float32Array, (from * all.data.length) / options.count)
  }
  return all ?? ndarray('float32', [0])
}
