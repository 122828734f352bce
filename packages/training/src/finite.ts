import { type State, TrainingError } from '@gantry/core'

const FIX = 'Train at lower learning rates.'

/** @throws TrainingError `LOSS_NOT_FINITE`, naming step, phase and scalar. */
export function checkScalars(scalars: Readonly<Record<string, number>>, step: number, phase: string): void {
  for (const [name, value] of Object.entries(scalars)) {
    if (Number.isFinite(value)) continue
    throw new TrainingError({
      code: 'LOSS_NOT_FINITE',
      step,
      message: `Step ${step}: '${name}' of the phase '${phase}' is ${value}.`,
      fix: FIX,
    })
  }
}

/**
 * The last update can overflow after its loss was still finite; such weights must not replace a good checkpoint.
 *
 * @throws TrainingError `STATE_NOT_FINITE`, naming step and variable.
 */
export function checkStateFinite(state: State, step: number): void {
  for (const [name, { dtype, data }] of Object.entries(state)) {
    if (dtype !== 'float32' && dtype !== 'float64') continue
    if ((data as Float32Array).every(Number.isFinite)) continue
    throw new TrainingError({
      code: 'STATE_NOT_FINITE',
      step,
      message: `Step ${step}: '${name}' has values that are not finite.`,
      fix: FIX,
    })
  }
}
