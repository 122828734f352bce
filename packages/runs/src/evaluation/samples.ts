import {
  type Batch,
  type Dataset,
  type Field,
  type NDArray,
  ndarray,
  type Port,
  rowsOf,
  UnsupportedError,
} from '@gantry/core'
import type { OpenedDataset } from '@gantry/datasets'
import type { Mixture } from '@gantry/metrics'
import { views } from '@gantry/metrics'
import { portsFromData } from '@gantry/modalities'
import { firstSamples, generateBatches } from '@gantry/training'
import type { LoadedGenerator } from '../generators/load-generator.ts'

/** Samples of one field, and their labels where they have any. */
interface SampleBatch {
  /** [batch, ...shape] */
  readonly samples: NDArray
  /** [batch] */
  readonly labels?: NDArray<'int32'>
}

/** The first elements of all fields of the data, in the order of a seed: [count, ...shape]. */
export type FirstElements = (count: number, seed: number) => Promise<Batch>

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
  /** Absent for generators. */
  readonly first?: FirstElements
  dispose(): Promise<void>
}

/** Small enough that two of them in the engine fit into memory, large enough to keep it busy. */
const BATCH = 64

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
      const first = Math.floor(from / BATCH)
      let position = first * BATCH
      for await (const batch of dataset.batches({ batchSize: BATCH, seed: 0, from: first })) {
        const start = Math.max(0, from - position)
        const end = Math.min(BATCH, from + count - position)
        const part = (array: NDArray) => rowsOf(array, start, end - start)
        const labels = label === undefined ? undefined : (part(batch[label]!) as NDArray<'int32'>)
        yield { samples: part(batch[field]!), ...(labels && { labels }) }
        position += BATCH
        if (position >= from + count) return
      }
    },
    first: (count, seed) => firstSamples(dataset, count, seed),
    dispose: async () => dataset.dispose?.(),
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

/**
 * What a generator makes for a seed; one that takes labels gets all of them in turn.
 *
 * @param first the first elements of the data, for inputs that take them
 */
export function generatorSamples(
  { evaluate, manifest, run, path, dispose }: LoadedGenerator,
  seed: number,
  first: FirstElements,
): Samples {
  const { inputs: ports, outputs, variant, dataset, trainingStep } = manifest
  const [output, field] = Object.entries(outputs)[0]!
  const [label, labelPort] = Object.entries(ports).find(([, { modality }]) => modality === 'label') ?? []
  return {
    name: run?.path ?? path,
    title: `${variant} on ${dataset} (step ${trainingStep}, seed ${seed})`,
    field: fieldOf(output, field),
    ...(labelPort?.names && { labels: labelPort.names }),
    skipped: [],
    async *batches(from, count) {
      // From the first on: a number of samples always means the same ones.
      const data = Object.keys(portsFromData(ports)).length > 0 ? await first(from + count, seed) : {}
      const all = generateBatches(evaluate, ports, { seed, count: from + count, data })
      for await (const { from: position, inputs, outputs: made } of all) {
        const samples = made[output]!
        const size = samples.shape[0]!
        if (position + size <= from) continue
        const start = Math.max(0, from - position)
        const part = (array: NDArray) => rowsOf(array, start, size - start)
        const labels = label === undefined ? undefined : asLabels(part(inputs[label]!))
        yield { samples: part(samples), ...(labels && { labels }) }
      }
    },
    dispose,
  }
}

/** Models of others may count their labels in int64. */
function asLabels({ shape, data }: NDArray): NDArray<'int32'> {
  return ndarray('int32', shape, Int32Array.from(data, Number))
}

/** @throws UnsupportedError `OUTPUT_OPEN` for an output whose lengths depend on its input */
function fieldOf(name: string, { shape, ...port }: Port): Field {
  const lengths = shape.filter((length) => typeof length === 'number')
  if (lengths.length === shape.length) return { ...port, shape: lengths }
  throw new UnsupportedError({
    code: 'OUTPUT_OPEN',
    message: `The output '${name}' has the open shape [${shape.join(', ')}], and only samples of one size can be scored.`,
  })
}
