import type { DatasetDefinition, OpenDatasetOptions } from '../dataset-definition.ts'
import { drawingOptions } from '../images/encoded-image-options.ts'
import type { OpenedDataset } from '../opened-dataset.ts'
import { drawingsDataset } from './drawings-dataset.ts'
import { listOpenmoji, openmojiLicence } from './openmoji-files.ts'

const pictures = { outline: 'outline', colour: 'colour' } as const

/** Drawings of OpenMoji as lines, and in colour: what is coloured in belongs to what is not. */
export const openmoji: DatasetDefinition = {
  name: 'openmoji',
  description: '4,495 emoji as black lines and in colour, 64×64 unless another size is asked for, 12 categories',
  gives: [...Object.keys(pictures), 'label'],
  source: "npm package 'openmoji', version 17",
  licence: openmojiLicence,
  options: drawingOptions,
  open: (options) => openOpenmoji(options),
}

/** @param from as in {@link listOpenmoji} */
export async function openOpenmoji(options: OpenDatasetOptions, from?: readonly string[]): Promise<OpenedDataset> {
  return drawingsDataset(openmoji, await listOpenmoji(from), pictures, options)
}
