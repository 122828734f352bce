import { counted } from '@gantry/core'
import { type OpenedDataset, type OpenProgress, openDataset } from '@gantry/datasets'
import { checkOutput, writeOutput } from '@gantry/files'
import { partsOf } from '@gantry/modalities'
import { firstSamples } from '@gantry/training'
import { describeCounts, describeField, labelHistogram, table } from '../text/index.ts'
import type { Inspection } from './inspection.ts'

/** Samples that are drawn for people, and that fit on a screen. */
const DRAWN = 64

/** Files that were left out and are named; of thousands, the first tell enough. */
const NAMED = 20

export interface DatasetInspection {
  /** Of the data set. */
  readonly options: Readonly<Record<string, unknown>>
  /** Where samples are drawn. */
  readonly out?: string
  /** Told once what takes long: a download, or unpacking. */
  readonly onNote?: (text: string) => void
}

/** Fields, sizes, labels and origin of a data set; with `out` also a picture of some samples. */
export async function inspectDataset(
  name: string,
  { options, out, onNote = () => {} }: DatasetInspection,
): Promise<Inspection> {
  const dataset = await openDataset(name, { onProgress: announcer(onNote), ...options })
  try {
    if (out !== undefined) {
      const shownAs = partsOf(dataset.fields, {})[0]?.modality.shownAs
      if (shownAs !== undefined) checkOutput(out, shownAs, `What is drawn of ${dataset.name}`)
      await writeOutput(out, await drawSamples(dataset))
    }
    const { size, fields, labelCounts, description, fingerprint } = dataset
    const { source, licence, skipped } = description
    const labels = Object.values(fields).find(({ modality }) => modality === 'label')?.names
    return {
      result: {
        kind: 'dataset',
        name: dataset.name,
        samples: size,
        fields,
        labels: labels ?? null,
        labelCounts: labelCounts ?? null,
        fingerprint,
        source,
        licence,
        skipped,
        ...(out !== undefined && { out }),
      },
      lines: [
        `${dataset.name}: ${counted(size, 'sample')} of ${Object.keys(fields).join(', ')}`,
        ...table([
          ...Object.entries(fields).map(([field, own]) => [field, describeField(own)]),
          ['source', source],
          ['licence', licence],
          ['labels', labelCounts ? describeCounts(labelCounts) : 'none'],
          ['fingerprint', fingerprint.slice(0, 16)],
          ...skipped.slice(0, NAMED).map((file) => ['left out', `${file.name}: ${file.reason}`]),
          ...(skipped.length > NAMED ? [['left out', `${skipped.length - NAMED} more`]] : []),
          ...(out === undefined ? [] : [['drawn in', out]]),
        ]),
        ...(labels && labelCounts ? ['', ...labelHistogram(labels, labelCounts)] : []),
      ],
    }
  } finally {
    await dataset.dispose?.()
  }
}

/** The first field, with others of its modality beside it. */
async function drawSamples(dataset: OpenedDataset): Promise<Uint8Array> {
  const [first] = partsOf(dataset.fields, await firstSamples(dataset, DRAWN, 0))
  return (await first!.modality.show!(first!.parts)).bytes
}

function announcer(note: (text: string) => void): (progress: OpenProgress) => void {
  const announced = new Set<string>()
  return ({ task, unit, total }) => {
    if (unit === 'files' || announced.has(task)) return
    announced.add(task)
    const amount = unit === 'bytes' && total !== undefined ? `${(total / 1e6).toFixed(1)} MB` : `${total} ${unit}`
    note(total === undefined ? `${task} …` : `${task} (${amount}) …`)
  }
}
