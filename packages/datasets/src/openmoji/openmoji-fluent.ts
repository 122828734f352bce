import { DataError } from '@gantry/core'
import type { DatasetDefinition, OpenDatasetOptions } from '../dataset-definition.ts'
import { drawingOptions } from '../images/encoded-image-options.ts'
import { picturesDataset } from '../images/picture-files.ts'
import type { OpenedDataset } from '../opened-dataset.ts'
import { listFluent, listOpenmoji, openmojiLicence } from './openmoji-files.ts'

const fields = ['outline', 'object']

/** Lines of one hand, and shaded objects of another that mean the same: edges to objects. */
export const openmojiFluent: DatasetDefinition = {
  name: 'openmoji-fluent',
  description: '3,372 emoji as black lines (OpenMoji) and as shaded objects (Fluent Emoji 3D), 64×64 in colour',
  gives: fields,
  source: "npm packages 'openmoji', version 17, and '@lobehub/fluent-emoji-3d', version 1",
  licence: `${openmojiLicence}, MIT (Microsoft, Fluent Emoji)`,
  options: drawingOptions,
  open: (options) => openOpenmojiFluent(options),
}

/**
 * @param from as in {@link listOpenmoji}
 * @throws DataError `EMOJI_UNUSABLE` when the packages have no emoji in common
 */
export async function openOpenmojiFluent(
  options: OpenDatasetOptions,
  from?: readonly string[],
): Promise<OpenedDataset> {
  const [drawings, objects] = [await listOpenmoji(from), await listFluent(from)]
  const samples = drawings.flatMap(({ name, codePoints, group, outline }) => {
    const object = objects.get(codePoints)
    return object === undefined ? [] : [{ name: `${name} (${codePoints})`, group, files: { outline, object } }]
  })
  if (samples.length === 0) {
    throw new DataError({
      code: 'EMOJI_UNUSABLE',
      message: `OpenMoji has ${drawings.length} emoji and Fluent Emoji ${objects.size}, but none by the same code points.`,
      fix: 'Install version 17 of openmoji and version 1 of @lobehub/fluent-emoji-3d.',
    })
  }
  return picturesDataset(openmojiFluent, { samples, fields, unusable: 'EMOJI_UNUSABLE' }, options)
}
