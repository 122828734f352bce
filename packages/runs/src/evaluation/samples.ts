import {
  type Batch,
  type Dataset,
  type Field,
  type Fields,
  type NDArray,
  type Port,
  rowsOf,
  UnsupportedError,
} from '@gantry/core'
import type { OpenedDataset } from '@gantry/datasets'
import type { Mixture, PerceptualDistance, Work } from '@gantry/metrics'
import { views } from '@gantry/metrics'
import { fittedTo, type Translation } from '@gantry/modalities'

/** Samples of one field, and their labels where they have any. */
interface SampleBatch {
  /** [batch, ...shape] */
  readonly samples: NDArray
  /** [batch] */
  readonly labels?: NDArray<'int32'>
  /** What they were made of: [batch, ...shape]. */
  readonly sources?: NDArray
}

/** What tells how far images are apart. */
export type Onlooker = Pick<PerceptualDistance, 'compare'>

/** Elements of data with all their fields, in an order that never changes. */
export interface Elements {
  readonly fields: Fields
  readonly size: number
  /** Others are other data. */
  readonly fingerprint: string
  /** Whether two fields are of one thing; those of `unpaired:` data are not. */
  belongTogether(field: string, other: string): boolean
  /** Elements number `from` to `from + count - 1`, so many at a time: [batch, ...shape] by field. */
  read(from: number, count: number, batchSize: number): AsyncGenerator<Batch>
}

/** Samples of a data set, a folder or a generator, read from the first to the last, each once. */
export interface Samples {
  readonly name: string
  /** For people: `mnist`, `dcgan on mnist (step 300)`. */
  readonly title: string
  /** What is scored: a field of the data, or an output of the function. */
  readonly field: Field
  /** How many there are; absent for generators. */
  readonly available?: number
  /** Names of the classes. */
  readonly labels?: readonly string[]
  /** The distribution that they are drawn from, where it is known. */
  readonly mixture?: Mixture
  /** Files that were left out so far. */
  readonly skipped: Dataset['description']['skipped']
  /** Samples number `from` to `from + count - 1`. */
  batches(from: number, count: number): AsyncGenerator<SampleBatch>
  /** Of a data set. */
  readonly elements?: Elements
  /** What each is made of, where it is made of another of its modality that the data have. */
  readonly translation?: Translation
  /** Errors of translations there and back, and back and there: [count, 2]. Absent where there is no way back. */
  readonly cycle?: (from: number, count: number) => Promise<NDArray<'float32'>>
  /** How far images move for small steps in latent space, of so many paths: [about count]. Absent where nothing is drawn. */
  readonly pathLengths?: (perceptual: Onlooker, count: number, work: Work) => Promise<NDArray<'float32'>>
  dispose(): Promise<void>
}

/** Small enough that two of them in the engine fit into memory, large enough to keep it busy. */
export const BATCH = 64

/**
 * A data set in an order that never changes: its shuffled stream for one seed, whose first `size` samples are all of them,
 * each once.
 *
 * @param wanted the field; default: the first that can be scored
 * @throws UnsupportedError `FIELD_UNSCORED`
 */
export function datasetSamples(dataset: OpenedDataset, wanted?: string): Samples {
  const { name, fields, size, description, mixture } = dataset
  const scored = scoredFields(dataset)
  const field = wanted !== undefined && wanted in fields ? wanted : scored[0]!
  // Where there are several, nobody says of which of them the labels are.
  const label = scored.length > 1 ? undefined : Object.keys(fields).find((each) => fields[each]!.modality === 'label')
  const names = label === undefined ? undefined : fields[label]!.names
  const elements = elementsOf(dataset)
  return {
    name,
    title: name,
    field: fields[field]!,
    available: size,
    ...(names && { labels: names }),
    ...(mixture && { mixture }),
    get skipped() {
      return description.skipped
    },
    async *batches(from, count) {
      for await (const batch of elements.read(from, count, BATCH)) {
        const labels = label === undefined ? undefined : (batch[label]! as NDArray<'int32'>)
        yield { samples: batch[field]!, ...(labels && { labels }) }
      }
    },
    elements,
    dispose: async () => dataset.dispose?.(),
  }
}

/** Samples of a data set as a function has them that imitates smaller ones. */
export function fittedSamples(samples: Samples, port: Port): Samples {
  if (port.reduced === undefined) return samples
  const { batches, field } = samples
  return {
    ...samples,
    field: { ...field, shape: port.shape as readonly number[] },
    async *batches(from, count) {
      for await (const batch of batches(from, count)) yield { ...batch, samples: fittedTo(port, batch.samples) }
    },
  }
}

/** The shuffled stream for one seed, whose first `size` elements are all of them, each once. */
function elementsOf(dataset: OpenedDataset): Elements {
  const { fields, size, fingerprint, groups } = dataset
  return {
    ...{ fields, size, fingerprint },
    belongTogether: (field, other) =>
      groups === undefined || groups.some((group) => group.includes(field) && group.includes(other)),
    async *read(from, count, batchSize) {
      const first = Math.floor(from / batchSize)
      let position = first * batchSize
      for await (const batch of dataset.batches({ batchSize, seed: 0, from: first })) {
        const start = Math.max(0, from - position)
        const end = Math.min(batchSize, from + count - position)
        yield Object.fromEntries(
          Object.entries(batch).map(([name, array]) => [name, rowsOf(array, start, end - start)]),
        )
        position += batchSize
        if (position >= from + count) return
      }
    },
  }
}

function scoredFields({ name, fields }: OpenedDataset): string[] {
  const scored = Object.keys(fields).filter((each) => views.some(({ modality }) => modality === fields[each]!.modality))
  if (scored.length > 0) return scored
  throw new UnsupportedError({
    code: 'FIELD_UNSCORED',
    message: `None of the fields of ${name} can be scored: ${Object.keys(fields).join(', ')}.`,
    fix: `Fields that can are of the modality ${views.map(({ modality }) => modality).join(' or ')}.`,
  })
}
