import type { Dataset } from '@gantry/core'
import { type OpenProgress, openDataset } from '@gantry/datasets'
import { writeFileAtomically } from '@gantry/files'
import { realSamples, sampleView } from '@gantry/training'
import type { Inspection } from './inspection.ts'
import { describeCounts, labelHistogram } from './label-histogram.ts'
import { note, table } from './output.ts'

/** Samples that are drawn for people, and that fit on a screen. */
const DRAWN = 64

/** Files that were left out and are named; of thousands, the first tell enough. */
const NAMED = 20

/** Sizes, labels and origin of a data set; with `out` also a PNG of some samples. */
export async function inspectDataset(name: string, out?: string): Promise<Inspection> {
  const dataset = await openDataset(name, { onProgress: announcer() })
  try {
    if (out !== undefined) await writeFileAtomically(out, await drawSamples(dataset))
    const { kind, size, sampleShape, labels, labelCounts, description } = dataset
    const { source, licence, skipped } = description
    return {
      result: {
        kind: 'dataset',
        name: dataset.name,
        samples: size,
        sampleKind: kind,
        sampleShape,
        labels: labels ?? null,
        labelCounts: labelCounts ?? null,
        source,
        licence,
        skipped,
        ...(out !== undefined && { out }),
      },
      lines: [
        `${dataset.name}: ${size} ${kind === 'image' ? 'images' : 'points'} of ${sampleShape.join('×')}`,
        ...table([
          ['source', source],
          ['licence', licence],
          ['labels', labelCounts ? describeCounts(labelCounts) : 'none'],
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

async function drawSamples(dataset: Dataset): Promise<Uint8Array> {
  return (await sampleView(dataset, 0))(await realSamples(dataset, DRAWN, 0))
}

/** Says once what takes long: a download, or unpacking. */
function announcer(): (progress: OpenProgress) => void {
  const announced = new Set<string>()
  return ({ task, unit, total }) => {
    if (unit === 'files' || announced.has(task)) return
    announced.add(task)
    const amount = unit === 'bytes' && total !== undefined ? `${(total / 1e6).toFixed(1)} MB` : `${total} ${unit}`
    note(total === undefined ? `${task} …` : `${task} (${amount}) …`)
  }
}
