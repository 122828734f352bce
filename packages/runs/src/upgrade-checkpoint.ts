import type { Part, State } from '@gantry/core'

const GENERATOR = 'generator/'
const AVERAGE = 'generatorEma/'

/**
 * The parts of a checkpoint of version 1, which did not list them: a generator's weights are those that have a moving average, as
 * optimizer slots have none.
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
  return Object.keys(generator).length === 0 ? undefined : { generator }
}
