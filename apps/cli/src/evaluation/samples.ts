import { type Batch, type Dataset, ndarray } from '@gantry/core'
import type { OpenedDataset } from '@gantry/datasets'
import { generateBatches } from '@gantry/training'
import { generatorOf } from '../draw-samples.ts'
import type { LoadedGenerator } from '../load-generator.ts'

/** Samples of a data set, a folder or a generator, read from the first to the last, each once. */
export interface Samples {
  readonly name: string
  /** For people: `mnist`, `dcgan on mnist (step 300)`. */
  readonly title: string
  readonly kind: Dataset['kind']
  /** Of one sample. */
  readonly shape: readonly number[]
  /** How many there are; absent for generators. */
  readonly available?: number
  readonly labels?: readonly string[]
  /** Files that were left out so far. */
  readonly skipped: Dataset['description']['skipped']
  /** Samples number `from` to `from + count - 1`. */
  batches(from: number, count: number): AsyncGenerator<Batch>
  dispose(): Promise<void>
}

/** Small enough that two of them in the engine fit into memory, large enough to keep it busy. */
const BATCH = 64

/**
 * A data set in an order that never changes: its shuffled stream for one seed, whose first `size` samples are all of them,
 * each once.
 */
export function datasetSamples(dataset: OpenedDataset): Samples {
  const { name, kind, sampleShape, size, labels, description } = dataset
  return {
    name,
    title: name,
    kind,
    shape: sampleShape,
    available: size,
    ...(labels && { labels }),
    get skipped() {
      return description.skipped
    },
    async *batches(from, count) {
      const first = Math.floor(from / BATCH)
      let position = first * BATCH
      for await (const batch of dataset.batches({ batchSize: BATCH, seed: 0, from: first })) {
        const start = Math.max(0, from - position)
        const end = Math.min(BATCH, from + count - position)
        yield rows(batch, start, end)
        position += BATCH
        if (position >= from + count) return
      }
    },
    dispose: async () => dataset.dispose?.(),
  }
}

/** What a generator draws for a seed; one that is told labels is told all of them in turn. */
export function generatorSamples(loaded: LoadedGenerator, seed: number): Samples {
  const { session, manifest, run, path } = loaded
  const { latent, sample, conditioning, labels, variant, dataset, trainingStep } = manifest
  const labelOf = conditioning && ((index: number) => index % conditioning.classes)
  return {
    name: run?.path ?? path,
    title: `${variant} on ${dataset} (step ${trainingStep}, seed ${seed})`,
    kind: sample.kind,
    shape: sample.shape,
    ...(conditioning && labels && { labels }),
    skipped: [],
    async *batches(from, count) {
      const options = { seed, count: from + count, ...(labelOf && { labelOf }) }
      // From the first on: a number of samples always means the same ones.
      for await (const { from: first, samples } of generateBatches(generatorOf(loaded), latent, options)) {
        const size = samples.shape[0]!
        const told = labelOf && Int32Array.from({ length: size }, (_, index) => labelOf(first + index))
        const batch = { samples: samples as Batch['samples'], ...(told && { labels: ndarray('int32', [size], told) }) }
        if (first + size > from) yield rows(batch, Math.max(0, from - first), size)
      }
    },
    dispose: () => session.dispose(),
  }
}

function rows({ samples, labels }: Batch, start: number, end: number): Batch {
  const length = samples.data.length / samples.shape[0]!
  return {
    samples: {
      dtype: 'float32',
      shape: [end - start, ...samples.shape.slice(1)],
      data: samples.data.subarray(start * length, end * length),
    },
    ...(labels && { labels: { dtype: 'int32', shape: [end - start], data: labels.data.subarray(start, end) } }),
  }
}
