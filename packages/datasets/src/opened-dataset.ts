import { counted, DataError, type Dataset, type DatasetDescription } from '@gantry/core'
import { streamBatches } from './batch-stream.ts'
import { fingerprintOf } from './fingerprint.ts'
import { labelOutOfRange } from './labels/label-errors.ts'
import type { GaussianMixture } from './points/gaussian-mixture.ts'
import type { SampleSource } from './sample-source.ts'

/** A data set that knows more about itself than its samples. */
export interface OpenedDataset extends Dataset {
  readonly fingerprint: string
  /** Samples of each class in one epoch, in the order of the names of the first label field; absent without one. */
  readonly labelCounts?: readonly number[]
  /** Its samples one by one, in an order of their own; absent where there are several sides. */
  readonly samples?: SampleSource
  /** The distribution of the points, where it is known. */
  readonly mixture?: GaussianMixture
}

/** What one opening knows of a data set: its name, where it is from, and what may be done with it. */
export interface OpenedAs extends Omit<DatasetDescription, 'skipped'> {
  readonly name: string
  readonly skipped?: DatasetDescription['skipped']
  readonly mixture?: GaussianMixture
}

/**
 * Makes a data set of a source of samples: the last step of every `open`.
 *
 * @throws DataError `DATASET_EMPTY`; `LABEL_OUT_OF_RANGE` for a sample whose class has no name
 */
export async function openedDataset(
  { name, source, licence, skipped = [], mixture }: OpenedAs,
  samples: SampleSource,
): Promise<OpenedDataset> {
  const { size, fields } = samples
  // An epoch of nothing would never end.
  if (size === 0) throw datasetEmpty(name, skipped)
  const labels = labelsOf(name, samples)
  const named = Object.entries(fields).map(([field, { modality, names }]) => [field, modality, names ?? null])
  const fingerprint = await fingerprintOf([
    JSON.stringify([size, named]),
    ...(labels ? [labels.ofSamples] : []),
    await fingerprintOf(samples.identity()),
  ])
  return {
    specificationVersion: 2,
    name,
    size,
    fields,
    fingerprint,
    samples,
    ...(labels && { labelCounts: labels.counts }),
    ...(mixture && { mixture }),
    description: { source, licence, skipped },
    batches: (options) => streamBatches(samples, options),
    ...(samples.release && { dispose: async () => samples.release?.() }),
  }
}

/** The class of every sample, and how many are of each; undefined without labels. */
function labelsOf(
  name: string,
  { size, fields, labelOf }: SampleSource,
): { ofSamples: Int32Array; counts: number[] } | undefined {
  const names = Object.values(fields).find(({ modality }) => modality === 'label')?.names
  if (labelOf === undefined || names === undefined) return undefined
  const counts = new Array<number>(names.length).fill(0)
  const ofSamples = Int32Array.from({ length: size }, (_, index) => labelOf(index))
  for (const [index, label] of ofSamples.entries()) {
    if (counts[label] === undefined) throw labelOutOfRange(`Sample ${index} of ${name}`, label, names.length)
    counts[label]++
  }
  return { ofSamples, counts }
}

function datasetEmpty(name: string, skipped: DatasetDescription['skipped']): DataError {
  const [first] = skipped
  const because = first && `; ${counted(skipped.length, 'file')} of it cannot be used: ${first.name} ${first.reason}`
  return new DataError({
    code: 'DATASET_EMPTY',
    message: `No sample is left in ${name}${because ?? ''}${skipped.length > 1 ? ' …' : ''}.`,
    fix: first ? 'Mend the files, or choose other data.' : 'Leave fewer classes out, or choose other data.',
  })
}
