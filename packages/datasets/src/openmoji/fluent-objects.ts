import { DataError } from '@gantry/core'
import { listFluent, listOpenmoji, type OpenmojiDrawing } from './openmoji-files.ts'

export const fluentLicence = 'MIT (Microsoft, Fluent Emoji)'

/** What OpenMoji knows of an emoji, and the path of its shaded picture by Microsoft. */
export interface FluentObject extends OpenmojiDrawing {
  readonly object: string
}

/**
 * Lists the emoji of Fluent Emoji that OpenMoji has drawn, too: 3,372, all but three flags. Its package knows their names, groups and skin tones.
 *
 * @param from as in {@link listOpenmoji}
 * @throws DataError `EMOJI_UNUSABLE` when the packages have no emoji in common; what {@link listOpenmoji} and {@link listFluent} throw
 */
export async function listFluentObjects(from?: readonly string[]): Promise<FluentObject[]> {
  const [drawings, objects] = [await listOpenmoji(from), await listFluent(from)]
  const both = drawings.flatMap((drawing) => {
    const object = objects.get(drawing.codePoints)
    return object === undefined ? [] : [{ ...drawing, object }]
  })
  if (both.length > 0) return both
  throw new DataError({
    code: 'EMOJI_UNUSABLE',
    message: `OpenMoji has ${drawings.length} emoji and Fluent Emoji ${objects.size}, but none by the same code points.`,
    fix: 'Install version 17 of openmoji and version 1 of @lobehub/fluent-emoji-3d.',
  })
}
