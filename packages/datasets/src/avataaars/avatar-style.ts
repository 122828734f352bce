import { DataError } from '@gantry/core'
import { importPackage, installCommand } from '../npm-package.ts'
import { type AvatarAttribute, attributesOf } from './avatar-attributes.ts'

const PACKAGES = '@dicebear/avataaars@9 @dicebear/core@9'

/** The parts of DiceBear's packages that are used here. */
interface Core {
  createAvatar(style: Style, options: { readonly seed: string; readonly size: number }): Avatar
}

interface Style {
  readonly schema: { readonly properties: Readonly<Record<string, unknown>> }
}

interface Avatar {
  toString(): string
  /** `extra` is what was drawn for each property: `{ top: 'bob', facialHair: undefined, hairColor: '#2c1b18', … }`. */
  toJson(): { readonly extra: Readonly<Record<string, unknown>> }
}

/** One face. */
interface DrawnAvatar {
  readonly svg: string
  /** The class of every attribute, in their order. */
  readonly labels: readonly number[]
}

/** How faces are drawn. */
export interface AvatarStyle {
  readonly attributes: readonly AvatarAttribute[]
  /** The face of a number, always the same, as an SVG of this side. */
  draw(index: number, side: number): DrawnAvatar
}

/**
 * Avataaars by Pablo Stanley, as DiceBear draws them.
 *
 * @param from folders whose `node_modules` are searched
 * @throws ConfigurationError `DATASET_PACKAGE_MISSING`; DataError `AVATARS_UNUSABLE` for another version of the packages
 */
export async function avatarStyle(from?: readonly string[]): Promise<AvatarStyle> {
  const about = { contents: 'The faces of Avataaars', size: '0.5 MB', install: PACKAGES }
  const style = await importPackage<Style>('@dicebear/avataaars', about, from)
  const { createAvatar } = await importPackage<Core>('@dicebear/core', about, from)
  const attributes = attributesOf(style.schema?.properties ?? {})
  if (typeof createAvatar !== 'function' || attributes === undefined) throw otherVersion()
  return {
    attributes,
    draw(index, side) {
      const avatar = createAvatar(style, { seed: String(index), size: side })
      const { extra } = avatar.toJson()
      const labels = attributes.map(({ name, classOf }) => classOf(extra[name]))
      if (labels.includes(-1)) throw otherVersion()
      return { svg: avatar.toString(), labels }
    },
  }
}

function otherVersion(): DataError {
  return new DataError({
    code: 'AVATARS_UNUSABLE',
    message: "The packages '@dicebear/core' and '@dicebear/avataaars' draw no faces whose attributes are known here.",
    fix: `Run: ${installCommand(PACKAGES)}`,
  })
}
