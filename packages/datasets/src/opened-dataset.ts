import type { Dataset, DatasetDescription } from '@gantry/core'
import { streamBatches } from './batch-stream.ts'
import type { DatasetDefinition } from './dataset-definition.ts'
import type { SampleSource } from './sample-source.ts'

/** A data set that knows how often each label occurs, without reading a sample. */
export interface OpenedDataset extends Dataset {
  /** Samples of each label in one epoch, in the order of `labels`; absent where they are. */
  readonly labelCounts?: readonly number[]
}

/** What one opening knows better than the definition does. */
export interface OpenedAs extends Partial<DatasetDescription> {
  readonly name?: string
}

/** Makes a data set of a source of samples: the last step of every `open`. */
export function openedDataset(
  definition: Pick<DatasetDefinition, 'name' | 'kind' | 'source' | 'licence'>,
  samples: SampleSource,
  { name = definition.name, source = definition.source, licence = definition.licence, skipped = [] }: OpenedAs = {},
): OpenedDataset {
  const { labels, size, sampleShape } = samples
  return {
    specificationVersion: 1,
    name,
    size,
    kind: definition.kind,
    sampleShape,
    ...(labels && { labels, labelCounts: countLabels(samples, labels.length) }),
    description: { source, licence, skipped },
    batches: (options) => streamBatches(samples, options),
    ...(samples.release && { dispose: async () => samples.release?.() }),
  }
}

function countLabels({ size, labelOf }: SampleSource, classes: number): number[] {
  const counts = new Array<number>(classes).fill(0)
  for (let index = 0; index < size; index++) counts[labelOf!(index)]!++
  return counts
}
