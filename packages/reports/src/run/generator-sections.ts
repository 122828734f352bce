import { existsSync } from 'node:fs'
import { type NDArray, ndarray, numbersToArray, type Port, sizeOfShape } from '@gantry/core'
import { openDataset } from '@gantry/datasets'
import { type EvaluatedSamples, type ImageBatch, interpolations, needsExtractor, quantiseImages } from '@gantry/metrics'
import { countOf, partsOf, portsFromData, supply } from '@gantry/modalities'
import { loadGenerator, type RunFolder } from '@gantry/runs'
import { type Arrays, firstSamples, generate } from '@gantry/training'
import { neighboursSection } from '../evaluation/pictures.ts'
import { pngImage, section } from '../html.ts'

type Generator = Awaited<ReturnType<typeof loadGenerator>>

const SEED = 1
const ROWS = 6
const COLUMNS = 10
const QUERIES = 8
/** Real samples that neighbours are looked for among. */
const MOST_REAL = 1000

/** What only the exported generator can show; nothing for a run that has none yet. */
export async function generatorSections(run: RunFolder): Promise<string[]> {
  if (!existsSync(run.generatorPath)) return []
  const generator = await loadGenerator(run.generatorPath)
  try {
    // What is made of samples of the data shows them as they are, and nothing new.
    if (Object.keys(portsFromData(generator.manifest.inputs)).length > 0) return []
    return [await interpolated(generator), await neighbours(generator, run)]
  } finally {
    await generator.dispose()
  }
}

/** Rows from one latent vector to another, along the sphere that such vectors lie near. */
async function interpolated({ evaluate, manifest }: Generator): Promise<string> {
  const { inputs, outputs } = manifest
  const latent = Object.keys(inputs).find((name) => inputs[name]!.modality === 'latent')
  if (latent === undefined) return ''
  const ends = supply({ [latent]: inputs[latent]! }, { seed: SEED, from: 0, count: 2 * ROWS, asked: {}, data: {} })[
    latent
  ]!
  const asked = { [latent]: between(ends as NDArray<'float32'>), ...labelsByRow(inputs) }
  const made = await generate(evaluate, inputs, { seed: SEED, count: ROWS * COLUMNS, asked })
  const group = partsOf(outputs, made.outputs)[0]
  // What is drawn into one picture has no rows.
  if (group?.modality.show === undefined || group.modality.showOne === undefined) return ''
  const { bytes, extension } = await group.modality.show(group.parts, {}, { columns: COLUMNS })
  if (extension !== 'png') return ''
  const hint =
    'Each row goes from one latent vector to another. Changes that come little by little say that the generator has learnt more than a list of pictures.'
  return section('Interpolations', pngImage(bytes, 'Interpolations', 'grid'), hint)
}

function between({ shape, data }: NDArray<'float32'>): NDArray {
  const size = sizeOfShape(shape.slice(1))
  const values = new Float32Array(ROWS * COLUMNS * size)
  const point = new Float64Array(size)
  for (let row = 0; row < ROWS; row++) {
    const [from, to] = [2 * row, 2 * row + 1].map((end) =>
      Float64Array.from(data.subarray(end * size, (end + 1) * size)),
    )
    for (let column = 0; column < COLUMNS; column++) {
      interpolations.slerp(from!, to!, column / (COLUMNS - 1), point)
      values.set(point, (row * COLUMNS + column) * size)
    }
  }
  return ndarray('float32', [ROWS * COLUMNS, ...shape.slice(1)], values)
}

/** One class a row. */
function labelsByRow(inputs: Readonly<Record<string, Port>>): Arrays {
  const labels = Object.entries(inputs).filter(([, port]) => port.modality === 'label' && port.shape.length === 0)
  return Object.fromEntries(
    labels.map(([name, port]) => {
      const classes = countOf(port) ?? 1
      const values = Array.from({ length: ROWS * COLUMNS }, (_, index) => Math.floor(index / COLUMNS) % classes)
      return [name, numbersToArray(port.dtype, [ROWS * COLUMNS], values)]
    }),
  )
}

/** The nearest training samples of some generated ones, pixel by pixel: copies are found so. */
async function neighbours({ evaluate, manifest }: Generator, run: RunFolder): Promise<string> {
  const [output, port] = Object.entries(manifest.outputs)[0]!
  if (!needsExtractor(port.modality) || port.field === undefined) return ''
  const real = await realImages(run, port.field)
  if (real === undefined) return ''
  const made = await generate(evaluate, manifest.inputs, { seed: SEED, count: QUERIES })
  const generated = withPixels(quantiseImages(made.outputs[output]!, 0, port.range))
  return neighboursSection(withPixels(real), generated, {})
}

/** Undefined where the data are no longer there: a report does not need them. */
async function realImages(run: RunFolder, field: string): Promise<ImageBatch | undefined> {
  const dataset = await openDataset(run.config.data, run.config.dataOptions).catch(() => undefined)
  if (dataset === undefined) return undefined
  try {
    const samples = await firstSamples(dataset, Math.min(MOST_REAL, dataset.size), run.config.seed)
    return quantiseImages(samples[field]!, 0, dataset.fields[field]!.range)
  } finally {
    await dataset.dispose?.()
  }
}

function withPixels(images: ImageBatch): EvaluatedSamples {
  const rows = images.shape[0]!
  const features = { rows, columns: images.data.length / rows, data: Float32Array.from(images.data) }
  return { count: rows, images, features }
}
