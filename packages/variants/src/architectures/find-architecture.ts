import { ConfigurationError, suggestion } from '@gantry/core'
import type { Architecture } from './architecture.ts'
import { dcgan } from './dcgan.ts'
import { mlp } from './mlp.ts'
import { resnet } from './resnet.ts'

export const architectures: readonly Architecture[] = [mlp, dcgan, resnet]

/**
 * The architecture of this name; `auto` is the usual one for samples of this shape.
 *
 * @throws ConfigurationError `ARCHITECTURE_UNKNOWN`
 */
export function findArchitecture(name: string, sampleShape: readonly number[]): Architecture {
  const wanted = name === 'auto' ? (sampleShape.length === 3 ? 'dcgan' : 'mlp') : name
  const found = architectures.find((architecture) => architecture.name === wanted)
  if (found) return found
  const names = architectures.map((architecture) => architecture.name)
  throw new ConfigurationError({
    code: 'ARCHITECTURE_UNKNOWN',
    message: `There is no architecture '${name}'.`,
    fix: suggestion(name, names),
  })
}
