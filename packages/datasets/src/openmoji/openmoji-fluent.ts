import type { DatasetDefinition, OpenDatasetOptions } from '../dataset-definition.ts'
import { drawingOptions } from '../images/encoded-image-options.ts'
import { picturesDataset } from '../images/picture-files.ts'
import type { OpenedDataset } from '../opened-dataset.ts'
import { categoryColumn } from './categories.ts'
import { fluentLicence, listFluentObjects } from './fluent-objects.ts'
import { openmojiLicence } from './openmoji-files.ts'

const fields = ['outline', 'object']

/** Lines of one hand, and shaded objects of another that mean the same: edges to objects. */
export const openmojiFluent: DatasetDefinition = {
  name: 'openmoji-fluent',
  description:
    '3,372 emoji as black lines (OpenMoji) and as shaded objects (Fluent Emoji 3D), 64×64 in colour, 9 categories',
  gives: [...fields, 'label'],
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
  const objects = await listFluentObjects(from)
  const samples = objects.map(({ name, codePoints, group, outline, object }) => ({
    name: `${name} (${codePoints})`,
    group,
    files: { outline, object },
  }))
  return picturesDataset(
    openmojiFluent,
    { samples, fields, columns: { label: categoryColumn(objects) }, unusable: 'EMOJI_UNUSABLE' },
    options,
  )
}
