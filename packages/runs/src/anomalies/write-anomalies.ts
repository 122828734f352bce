import { join } from 'node:path'
import { type Dataset, joinRows, type NDArray, ndarray } from '@gantry/core'
import { makeFolder, writeFileAtomically } from '@gantry/files'
import { findModality, heatMaps } from '@gantry/modalities'
import { firstSamples } from '@gantry/training'
import type { AnomalyScores, OddSample } from './score-anomalies.ts'

export interface WrittenAnomalies {
  readonly table: string
  /** Absent where the oddest samples are nothing that can be drawn. */
  readonly picture?: string
}

/**
 * Writes scores into a folder: `scores.csv`, the oddest first; and the oddest samples in `oddest.png`: each as it is, what the generator
 * made of it, and where both differ. Points are drawn among those of the data.
 *
 * @param dataset the samples' own
 * @throws StorageError
 */
export async function writeAnomalies(
  out: string,
  { scores, oddest }: AnomalyScores,
  dataset: Dataset,
): Promise<WrittenAnomalies> {
  await makeFolder(out)
  const table = join(out, 'scores.csv')
  const rows = scores.map(({ name, label, score }) => [name, label ?? '', String(score)].map(quoted).join(','))
  await writeFileAtomically(table, ['name,label,score', ...rows, ''].join('\n'))
  const artefact = await drawOddest(oddest, dataset)
  if (artefact === undefined) return { table }
  const picture = join(out, `oddest.${artefact.extension}`)
  await writeFileAtomically(picture, artefact.bytes)
  return { table, picture }
}

async function drawOddest(oddest: readonly OddSample[], dataset: Dataset) {
  const [name, field] = Object.entries(dataset.fields)[0]!
  const { show, beside } = findModality(field.modality)
  if (show === undefined || oddest.length === 0) return undefined
  const samples = enlarged(joinRows(oddest.map(({ sample }) => sample)))
  const [first] = oddest
  if (first?.reconstruction === undefined || field.shape.length !== 3) {
    const real = beside === undefined ? undefined : await firstSamples(dataset, Math.min(beside, dataset.size), 0)
    return show({ samples: { field, values: samples } }, real && { samples: { field, values: real[name]! } })
  }
  const colour = { ...field, range: [-1, 1] as const }
  return show({
    samples: { field, values: samples },
    reconstruction: { field, values: enlarged(joinRows(oddest.map(({ reconstruction }) => reconstruction!))) },
    difference: { field: colour, values: enlarged(heatMaps(joinRows(oddest.map(({ difference }) => difference!)))) },
  })
}

/** Pixels of small images are drawn as squares: one is to see where something is odd. */
const LEAST_SIDE = 84

function enlarged(images: NDArray): NDArray {
  const [count = 0, height = 0, width = 0, channels] = images.shape
  if (channels === undefined) return images
  const times = Math.max(1, Math.round(LEAST_SIDE / height))
  const large = ndarray(images.dtype, [count, height * times, width * times, channels])
  for (let index = 0; index < large.data.length; index++) {
    const [channel, pixel] = [index % channels, Math.floor(index / channels)]
    const [x, y] = [pixel % (width * times), Math.floor(pixel / (width * times))]
    // Images lie one below the other: rows of all of them are counted through.
    const from = Math.floor(y / times) * width + Math.floor(x / times)
    large.data[index] = images.data[from * channels + channel] as never
  }
  return large
}

/** As RFC 4180 has it. */
const quoted = (text: string) => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text)
