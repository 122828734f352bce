import type { Part, State } from '@gantry/core'

const GENERATOR = 'generator/'
const AVERAGE = 'generatorEma/'
const DISCRIMINATOR = 'discriminator/'
/** What a player keeps beside the weights of its network. */
const BESIDE_WEIGHTS = /^(adam|rmsprop|sgd|accumulated|history)\//

/**
 * The parts of a checkpoint of version 1, which did not list them: a generator's weights are those that have a moving average, as
 * optimizer slots have none; a discriminator's are those that are none of these.
 */
export function upgradedParts(state: State): Readonly<Record<string, Part>> | undefined {
  const generator = Object.fromEntries(
    Object.keys(state).flatMap((average) => {
      if (!average.startsWith(AVERAGE)) return []
      const name = average.slice(AVERAGE.length)
      const trained = `${GENERATOR}${name}`
      return trained in state ? [[name, { trained, average }] as const] : []
    }),
  )
  if (Object.keys(generator).length === 0) return undefined
  const discriminator = Object.fromEntries(
    Object.keys(state).flatMap((trained) => {
      const [player, name] = [trained.slice(0, DISCRIMINATOR.length), trained.slice(DISCRIMINATOR.length)]
      const isWeight = player === DISCRIMINATOR && /^[^/]+\/[^/]+$/.test(name) && !BESIDE_WEIGHTS.test(name)
      return isWeight ? [[name, { trained }] as const] : []
    }),
  )
  return { generator, ...(Object.keys(discriminator).length > 0 && { discriminator }) }
}
