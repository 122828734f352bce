import { ConfigurationError, type Field, findNamed } from '@gantry/core'
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
  if (name !== 'auto') {
    return findNamed(architectures, name, {
      code: 'ARCHITECTURE_UNKNOWN',
      message: `There is no architecture '${name}'.`,
    })
  }
  const usual = architectures.find(({ makes }) => makes.includes(modality))
  if (usual) return usual
  throw new ConfigurationError({
    code: 'MODALITY_IMPOSSIBLE',
    message: `No architecture makes samples of the modality ${modality}.`,
    fix: `Use one of: ${[...new Set(architectures.flatMap(({ makes }) => makes))].join(', ')}.`,
  })
}
