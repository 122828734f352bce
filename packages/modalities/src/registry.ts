import { ConfigurationError, suggestion } from '@gantry/core'
import { image } from './image.ts'
import { label } from './label.ts'
import { latent } from './latent.ts'
import type { Modality } from './modality.ts'
import { noise } from './noise.ts'
import { number } from './number.ts'
import { points } from './points.ts'
import { tokens } from './tokens.ts'

/** The modalities that Gantry knows. Pass `[...modalities, yours]` where you have more. */
export const modalities: readonly Modality[] = [image, points, label, latent, noise, number, tokens]

/**
 * The modality of a field. What stands after a slash is a part: `molecule/nodes` is of the modality `molecule`.
 *
 * @throws ConfigurationError `MODALITY_UNKNOWN`, with the nearest name
 */
export function findModality(name: string, registry: readonly Modality[] = modalities): Modality {
  const [whole = name, part] = name.split('/')
  const found = registry.find((each) => each.name === whole)
  if (found !== undefined && (part === undefined || found.parts?.includes(part))) return found
  const names = registry.flatMap(({ name: own, parts }) => parts?.map((each) => `${own}/${each}`) ?? [own])
  throw new ConfigurationError({
    code: 'MODALITY_UNKNOWN',
    message: `There is no modality '${name}'.`,
    fix: suggestion(name, names),
  })
}
