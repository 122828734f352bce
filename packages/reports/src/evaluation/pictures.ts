import { type NDArray, ndarray, rowsOf } from '@gantry/core'
import {
  type EvaluatedSamples,
  type FeatureMatrix,
  type ImageBatch,
  nearestNeighbours,
  type Work,
} from '@gantry/metrics'
import { axesAround, imageGrid, imagePng, scatterPlot } from '@gantry/modalities'
import type { EvaluatedRun } from '@gantry/runs'
import { pngImage, section } from '../html.ts'
import { formatValue } from '../text/format-value.ts'

/** Images in a grid: eight rows of eight. */
const GRID = 64
/** Translations below each other. */
const STRIP = 12
const POINTS = 2000
const NEIGHBOURS = 5
const QUERIES = 8

type Evaluated = Pick<EvaluatedRun, 'real' | 'generated' | 'baselines' | 'paired'>

/** Real beside generated samples; of translations, what each was made of and what it should be. */
export async function samplesSection(evaluated: Evaluated): Promise<string> {
  const { real, generated } = evaluated
  if (generated.images && generated.sources) return translationsSection(evaluated)
  if (generated.images) return gridSection(real.images, generated.images)
  if (real.features?.columns === 2 && generated.features) return scatterSection(real.features, generated.features)
  return ''
}

async function gridSection(real: ImageBatch | undefined, generated: ImageBatch): Promise<string> {
  const figure = async (images: ImageBatch, caption: string) => {
    const shown = firstImages(images, GRID)
    return `<figure><figcaption>${caption}</figcaption>${pngImage(await imageGrid(shown), caption, 'grid')}</figure>`
  }
  const figures = [real && (await figure(real, 'real')), await figure(generated, 'generated')]
  return section(
    'Samples',
    `<div class="pair">${figures.join('')}</div>`,
    `The first ${GRID} of either side, not chosen.`,
  )
}

/** One strip a column, so that rows lie beside each other: source, output, truth, and what learned nothing. */
async function translationsSection({ real, generated, baselines = {}, paired }: Evaluated): Promise<string> {
  // A source that is the answer needs no column twice.
  const { identity: _, ...others } = baselines
  const columns: readonly (readonly [string, ImageBatch | undefined])[] = [
    ['source', generated.sources],
    ['output', generated.images],
    ...(paired ? [['truth', real.images] as const] : []),
    ...Object.entries(others).map(([name, { images }]) => [name, images] as const),
  ]
  const figures = columns.map(async ([caption, images]) => {
    if (images === undefined) return ''
    const png = await imageGrid(firstImages(images, STRIP), { columns: 1 })
    return `<figure><figcaption>${caption}</figcaption>${pngImage(png, caption, 'grid')}</figure>`
  })
  const strips = (await Promise.all(figures)).join('')
  return section(
    'Samples',
    `<div class="strips">${strips}</div>`,
    `The first ${Math.min(STRIP, generated.images?.shape[0] ?? 0)}, not chosen.`,
  )
}

async function scatterSection(real: FeatureMatrix, generated: FeatureMatrix): Promise<string> {
  const background = firstPoints(real)
  const png = await scatterPlot(firstPoints(generated), { axes: axesAround(background), background })
  const hint = `The first ${POINTS} generated points over as many real ones (grey).`
  return section('Samples', `<div class="pair"><figure>${pngImage(png, hint, 'plot')}</figure></div>`, hint)
}

/** The nearest real images of some generated ones, in the space of the features. */
export async function neighboursSection(
  real: EvaluatedSamples,
  generated: EvaluatedSamples,
  work: Work,
): Promise<string> {
  if (!real.images || !generated.images || !real.features || !generated.features) return ''
  const [images, drawn] = [real.images, generated.images]
  const references = firstRows(real.features, images.shape[0]!)
  const queries = firstRows(generated.features, Math.min(QUERIES, drawn.shape[0]!))
  const count = Math.min(NEIGHBOURS, references.rows)
  const { indices, distances } = await nearestNeighbours(queries, references, { ...work, count })
  const figure = async (batch: ImageBatch, index: number, caption: string) => {
    const png = await imagePng(toUnit(rowsOf(batch, index, 1)), 0)
    return `<figure>${pngImage(png, caption, '')}<figcaption>${caption}</figcaption></figure>`
  }
  const rows: string[] = []
  for (let query = 0; query < queries.rows; query++) {
    const figures = [await figure(drawn, query, 'generated')]
    for (let place = query * count; place < (query + 1) * count; place++) {
      figures.push(await figure(images, indices[place]!, formatValue(distances[place]!)))
    }
    rows.push(`<div>${figures.join('')}</div>`)
  }
  const hint = `Generated images (framed), and the nearest of ${references.rows} real ones with their distance between features. Pairs that look the same at a distance far below the others are copies.`
  return section('Nearest neighbours', `<div class="neighbours">${rows.join('')}</div>`, hint)
}

function firstImages(images: ImageBatch, most: number): NDArray<'float32'> {
  return toUnit(rowsOf(images, 0, Math.min(most, images.shape[0] ?? 0)))
}

/** What the painters of images take: -1 to 1. */
function toUnit({ shape, data }: ImageBatch): NDArray<'float32'> {
  return ndarray(
    'float32',
    shape,
    Float32Array.from(data, (value) => value / 127.5 - 1),
  )
}

function firstRows({ rows, columns, data }: FeatureMatrix, most: number): FeatureMatrix {
  const count = Math.min(rows, most)
  return { rows: count, columns, data: data.subarray(0, count * columns) }
}

function firstPoints(features: FeatureMatrix): NDArray<'float32'> {
  const { rows, columns, data } = firstRows(features, POINTS)
  return ndarray('float32', [rows, columns], Float32Array.from(data))
}
