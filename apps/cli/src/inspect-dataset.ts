import type { Dataset } from '@gantry/core'
import { openDataset } from '@gantry/datasets'
import { writeFileAtomically } from '@gantry/files'
import { realSamples, sampleView } from '@gantry/training'
import type { Inspection } from './inspection.ts'
import { table } from './output.ts'

/** Samples that are drawn for people, and that fit on a screen. */
const DRAWN = 64

/** Sizes, labels and origin of a data set; with `out` also a PNG of some samples. */
export async function inspectDataset(name: string, out?: string): Promise<Inspection> {
  const dataset = await openDataset(name)
  try {
    if (out !== undefined) await writeFileAtomically(out, await drawSamples(dataset))
    const { kind, size, sampleShape, labels, description } = dataset
    const { source, licence, skipped } = description
    const labelCounts = await countLabels(dataset)
    return {
      result: {
        kind: 'dataset',
        name: dataset.name,
        samples: size,
        sampleKind: kind,
        sampleShape,
        labels: labels ?? null,
        labelCounts,
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
          ...(labels ? [['labels', describeLabels(labels, labelCounts)]] : []),
          ...skipped.map((file) => ['left out', `${file.name}: ${file.reason}`]),
          ...(out === undefined ? [] : [['drawn in', out]]),
        ]),
      ],
    }
  } finally {
    await dataset.dispose?.()
  }
}

async function drawSamples(dataset: Dataset): Promise<Uint8Array> {
  return (await sampleView(dataset, 0))(await realSamples(dataset, DRAWN, 0))
}

/** Samples of each label in one epoch; null where reading them all would mean to decode every image. */
async function countLabels(dataset: Dataset): Promise<number[] | null> {
  const { labels, size, name } = dataset
  if (labels === undefined || name.startsWith('folder:')) return null
  const counts = labels.map(() => 0)
  let seen = 0
  for await (const batch of dataset.batches({ batchSize: Math.min(size, 1000), seed: 0 })) {
    for (const label of batch.labels?.data ?? []) if (seen++ < size) counts[label]!++
    if (seen >= size || batch.labels === undefined) break
  }
  return counts
}

function describeLabels(labels: readonly string[], counts: readonly number[] | null): string {
  return labels.map((label, index) => (counts ? `${label} (${counts[index]})` : label)).join(', ')
}
