import { DataError, type Fields } from '@gantry/core'
import type { DatasetDefinition } from '../dataset-definition.ts'
import { type OpenedDataset, openedDataset } from '../opened-dataset.ts'
import type { SampleSource } from '../sample-source.ts'
import type { EdgeOptions } from './canny.ts'
import { edgeOptions, edgeOptionsOf } from './edge-options.ts'
import { EDGES, edgesSource } from './edges-source.ts'

/** Images and their edges: what Isola et al. learn shoes, bags and sketches from. */
export const edges: DatasetDefinition = {
  name: 'edges',
  parameter: 'DATASET',
  description: 'the images of a data set, and their edges as black lines on white, found by Canny’s detector',
  gives: [EDGES, 'those of the data set'],
  source: 'the data set; Canny, A Computational Approach to Edge Detection, IEEE TPAMI 1986',
  licence: 'that of the data set',
  options: edgeOptions,
  parts: (text) => [text],
  open: (options, _text, [whole]) => withEdges(whole!, edgeOptionsOf(options)),
}

function withEdges(whole: OpenedDataset, options: EdgeOptions): Promise<OpenedDataset> {
  const { name, fields, description } = whole
  const source = edgesSource(samplesOf(whole), imageOf(name, fields), options)
  return openedDataset({ ...description, name: `edges:${name}` }, source)
}

/** What has pixels: edges are found in nothing else. */
const HAVE_EDGES: readonly string[] = ['image']

/** @throws DataError `IMAGES_MISSING`, `EDGES_TAKEN` */
function imageOf(name: string, fields: Fields): string {
  const all = Object.entries(fields)
  const found = all.find(([, { modality }]) => HAVE_EDGES.includes(modality))
  if (found === undefined) {
    throw new DataError({
      code: 'IMAGES_MISSING',
      message: `Edges are those of images, but ${name} gives ${all.map(([field, { modality }]) => `'${field}' (${modality})`).join(', ')}.`,
      fix: 'Choose data with images, such as edges:folder:PATH.',
    })
  }
  if (EDGES in fields) {
    throw new DataError({
      code: 'EDGES_TAKEN',
      message: `${name} gives '${EDGES}' already.`,
      fix: 'Leave one edges: out.',
    })
  }
  return found[0]
}

/** @throws DataError `SAMPLES_MISSING` */
function samplesOf({ name, samples }: OpenedDataset): SampleSource {
  if (samples !== undefined) return samples
  throw new DataError({
    code: 'SAMPLES_MISSING',
    message: `The samples of ${name} have several sides, which are drawn each by itself: none of them is a sample whose edges could be found.`,
    fix: 'Take the edges of a side: unpaired:edges:A,B.',
  })
}
