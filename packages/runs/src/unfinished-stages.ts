import type { StagePlan } from '@gantry/variants'

type Plan = Pick<StagePlan, 'name' | 'steps'>

/**
 * What a person should know of a run that is in an earlier stage than the last: that its model is that of this stage.
 *
 * @param reached name of the stage; undefined for models of one stage
 */
export function describeReached(stages: readonly Plan[], reached: string | undefined): string | undefined {
  const last = stages.at(-1)?.name
  if (reached === undefined || reached === last || !stages.some(({ name }) => name === reached)) return undefined
  return `the run is in its stage ${reached}, and its last is ${last}: what is exported is the model of ${reached}`
}

/**
 * What a person should know of a run whose steps end before its last stage; undefined for others.
 *
 * @param steps of the run
 */
export function describeUnreached(stages: readonly Plan[], steps: number): string | undefined {
  let first = 0
  let reached = stages[0]?.name
  for (const [index, { steps: own = Number.POSITIVE_INFINITY }] of stages.slice(0, -1).entries()) {
    first += own
    if (first < steps) reached = stages[index + 1]!.name
  }
  const last = stages.at(-1)?.name
  if (reached === last) return undefined
  const count = (value: number) => value.toLocaleString('en')
  return `with ${count(steps)} steps the run ends in its stage ${reached}: its last, ${last}, begins after step ${count(first)}`
}
