import { ConfigurationError, type Field, suggestion } from '@gantry/core'
import type { Architecture } from './architecture.ts'
import { dcgan } from './dcgan.ts'
import { mlp } from './mlp.ts'
import { resnet } from './resnet.ts'

/** All families of networks: the first that can make a modality is the usual one for it. */
export const architectures: readonly Architecture[] = [dcgan, mlp, resnet]

/**
 * The architecture of this name; `auto` is the usual one for samples of this modality.
 *
 * @throws ConfigurationError `ARCHITECTURE_UNKNOWN`, `MODALITY_IMPOSSIBLE` for samples that none can make
 */
export function findArchitecture(name: string, { modality }: Pick<Field, 'modality'>): Architecture {
  const fits = ({ name: own, makes }: Architecture) => (name === 'auto' ? makes.includes(modality) : own === name)
  const found = architectures.find(fits)
  if (found) return found
  if (name === 'auto') {
    throw new ConfigurationError({
      code: 'MODALITY_IMPOSSIBLE',
      message: `No architecture makes samples of the modality ${modality}.`,
      fix: `Use one of: ${[...new Set(architectures.flatMap(({ makes }) => makes))].join(', ')}.`,
    })
  }
  throw new ConfigurationError({
    code: 'ARCHITECTURE_UNKNOWN',
    message: `There is no architecture '${name}'.`,
    fix: suggestion(
      name,
      architectures.map((architecture) => architecture.name),
    ),
  })
}
