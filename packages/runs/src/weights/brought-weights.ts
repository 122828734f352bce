import { ConfigurationError } from '@gantry/core'
import type { BroughtWeights } from '@gantry/variants'
import { findWeights, hasWeights, readNetworkWeights, weightsPath } from './weights-store.ts'

/**
 * Weights that a variant needs, as they were brought.
 *
 * @param owner who needs them, for the message
 * @throws ConfigurationError `WEIGHTS_MISSING`; what `readNetworkWeights` throws
 */
export async function broughtWeights(owner: string, names: readonly string[]): Promise<Record<string, BroughtWeights>> {
  const brought: Record<string, BroughtWeights> = {}
  for (const name of names) {
    if (!hasWeights(name)) {
      const [{ url }] = findWeights(name).files
      throw new ConfigurationError({
        code: 'WEIGHTS_MISSING',
        message: `${owner} needs the weights '${name}', and they are not here (${weightsPath(name)}).`,
        fix: `Bring them with 'gantry weights fetch ${name}', or 'gantry weights add ${name} FILE' with the file of ${url}; or choose an option that needs none.`,
      })
    }
    brought[name] = await readNetworkWeights(findWeights(name), weightsPath(name))
  }
  return brought
}
