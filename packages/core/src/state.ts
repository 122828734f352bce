import { ModelFormatError } from './errors.ts'
import type { State } from './model.ts'
import { describeSpec, type TensorSpec } from './tensor-spec.ts'

/**
 * Checks a state against the variables of a model.
 *
 * @throws ModelFormatError `STATE_MISMATCH`, naming the first variable that is missing, unknown or of another shape.
 */
export function checkState(owner: string, variables: Readonly<Record<string, TensorSpec>>, state: State): void {
  const fail: (detail: string) => never = (detail) => {
    throw new ModelFormatError({
      code: 'STATE_MISMATCH',
      message: `The state does not fit ${owner}: ${detail}.`,
      fix: 'Load it into the variant and options that it was written with.',
    })
  }
  for (const [name, spec] of Object.entries(variables)) {
    const array = state[name]
    if (array === undefined) fail(`'${name}' (${describeSpec(spec)}) is missing`)
    if (describeSpec(array) !== describeSpec(spec)) {
      fail(`'${name}' is ${describeSpec(array)} there but ${describeSpec(spec)} in the model`)
    }
  }
  for (const name of Object.keys(state)) {
    if (!(name in variables)) fail(`it has '${name}', which the model lacks`)
  }
}
