import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DataError } from '@gantry/core'
import { requirePackage } from '../npm-package.ts'

export const openmojiLicence = 'CC-BY-SA-4.0 (OpenMoji)'

/** A drawing of OpenMoji, in two ways. */
export interface OpenmojiDrawing {
  /** As Unicode names it: `waving hand: medium skin tone`. */
  readonly name: string
  /** Its code points, as {@link codePointsOf} writes them. */
  readonly codePoints: string
  /** Those of the same emoji without a skin tone. */
  readonly group: string
  /** Of Unicode's charts: `smileys-emotion`. */
  readonly category: string
  /** Paths of the SVG: lines alone, and in colour. */
  readonly outline: string
  readonly colour: string
}

/** An entry of `openmoji.json`, as far as it is used here. */
interface Entry {
  readonly hexcode: string
  readonly annotation: string
  readonly group: string
  readonly skintone_base_hexcode?: string
}

/**
 * Lists what the npm package holds: 4,495 drawings in version 17.
 *
 * @param from folders whose `node_modules` are searched
 * @throws ConfigurationError `DATASET_PACKAGE_MISSING`; DataError `EMOJI_INVALID`
 */
export async function listOpenmoji(from?: readonly string[]): Promise<OpenmojiDrawing[]> {
  const about = { contents: 'The drawings of OpenMoji', size: '67 MB', install: 'openmoji@17' }
  const root = requirePackage('openmoji', about, from)
  const path = join(root, 'data', 'openmoji.json')
  const entries = await readFile(path, 'utf8')
    .then((text) => JSON.parse(text) as Entry[])
    .catch((cause: Error) => {
      throw new DataError({
        code: 'EMOJI_INVALID',
        message: `The list of drawings in '${path}' cannot be read: ${cause.message}.`,
        fix: 'Install version 17 of the package.',
        cause,
      })
    })
  return entries.map(({ hexcode, annotation, group, skintone_base_hexcode: base }) => ({
    name: annotation,
    codePoints: codePointsOf(hexcode),
    group: codePointsOf(base || hexcode),
    category: group,
    outline: join(root, 'black', 'svg', `${hexcode}.svg`),
    colour: join(root, 'color', 'svg', `${hexcode}.svg`),
  }))
}

/**
 * Pictures of `@lobehub/fluent-emoji-3d`, by their code points: 3,388 of them in version 1.1.
 *
 * @throws ConfigurationError `DATASET_PACKAGE_MISSING`
 */
export async function listFluent(from?: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const about = { contents: 'The pictures of Fluent Emoji', size: '25 MB', install: '@lobehub/fluent-emoji-3d@1' }
  const folder = join(requirePackage('@lobehub/fluent-emoji-3d', about, from), 'assets')
  const files = (await readdir(folder)).filter((name) => name.endsWith('.webp')).sort()
  return new Map(files.map((name) => [codePointsOf(name.slice(0, -'.webp'.length)), join(folder, name)]))
}

/**
 * Code points as both packages can be compared by: `1F44B-1F3FD`, without the one that only asks for colour (FE0F), which is at times
 * left out of names.
 */
export function codePointsOf(name: string): string {
  const points = name.toUpperCase().split(/[-_]/)
  return points
    .filter((point) => point !== 'FE0F')
    .map((point) => point.replace(/^0+(?=.)/, ''))
    .join('-')
}
