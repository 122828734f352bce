import type { DatasetDefinition, OpenDatasetOptions } from '../dataset-definition.ts'
import { drawingOptions } from '../images/encoded-image-options.ts'
import type { OpenedDataset } from '../opened-dataset.ts'
import { drawingsDataset } from './drawings-dataset.ts'
import { fluentLicence, listFluentObjects } from './fluent-objects.ts'
import { openmojiLicence } from './openmoji-files.ts'

const pictures = { outline: 'outline', object: 'object' } as const

/** Lines of one hand, and shaded objects of another that mean the same: edges to objects. */
export const openmojiFluent: DatasetDefinition = {
  name: 'openmoji-fluent',
  description:
    '3,372 emoji as black lines (OpenMoji) and as shaded objects (Fluent Emoji 3D), 64×64 in colour, 9 categories',
  gives: [...Object.keys(pictures), 'label'],
  source: "npm packages 'openmoji', version 17, and '@lobehub/fluent-emoji-3d', version 1",
  licence: `${openmojiLicence}, ${fluentLicence}`,
  options: drawingOptions,
  open: (options) => openOpenmojiFluent(options),
}

/** @param from as in {@link listFluentObjects} */
export async function openOpenmojiFluent(
  options: OpenDatasetOptions,
  from?: readonly string[],
): Promise<OpenedDataset> {
  return drawingsDataset(openmojiFluent, await listFluentObjects(from), pictures, options)
}
