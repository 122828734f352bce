import { describeProgress } from '@gantry/core'
import type { RunFolder, RunHistory } from '@gantry/runs/config'

/** How far a run has come, and whose networks it began with: those of others were trained, though it has no step. */
export function describeReached(
  { config, origin }: Pick<RunFolder, 'config' | 'origin'>,
  { step, outcome }: Pick<RunHistory, 'step' | 'outcome'>,
): string {
  const began = origin && describeProgress({ trainingStep: 0, origin })
  if (began && step === 0) return began
  return `${outcome} at step ${step} of ${config.steps}${began ? `, from the ${began} on` : ''}`
}
