import { ConfigurationError, ModelFormatError } from './errors.ts'
import type { State } from './model.ts'
import { suggestion } from './nearest.ts'
import { describeSpec, type TensorSpec } from './tensor-spec.ts'

/**
 * Checks a state against the variables of a model.
 *
 * @param options `partly`: variables may be missing
 * @throws ModelFormatError `STATE_MISMATCH`, naming the first variable that is missing, unknown or of another shape.
 */
export function checkState(
  owner: string,
  variables: Readonly<Record<string, TensorSpec>>,
  state: State,
  { partly = false }: { readonly partly?: boolean } = {},
): void {
  const fail: (detail: string) => never = (detail) => {
    throw new ModelFormatError({
      code: 'STATE_MISMATCH',
      message: `The state does not fit ${owner}: ${detail}.`,
      fix: 'Load it into the variant and options that it was written with.',
    })
  }
  for (const [name, spec] of Object.entries(variables)) {
    const array = Object.hasOwn(state, name) ? state[name] : undefined
    if (array === undefined && partly) continue
    if (array === undefined) fail(`'${name}' (${describeSpec(spec)}) is missing`)
    if (describeSpec(array) !== describeSpec(spec)) {
      fail(`'${name}' is ${describeSpec(array)} there but ${describeSpec(spec)} in the model`)
    }
  }
  for (const name of Object.keys(state)) {
    if (!Object.hasOwn(variables, name)) fail(`it has '${name}', which the model lacks`)
  }
}

/**
 * The names that a selection means: itself, or all that begin with it where it ends in a slash.
 *
 * @throws ConfigurationError `STATE_UNKNOWN` for one that nothing has, with the nearest name
 */
export function selectNames(owner: string, names: readonly string[], selection: readonly string[]): string[] {
  const selected = new Set<string>()
  for (const wanted of selection) {
    const found = names.filter((name) => name === wanted || (wanted.endsWith('/') && name.startsWith(wanted)))
    if (found.length === 0) {
      throw new ConfigurationError({
        code: 'STATE_UNKNOWN',
        message: `The state of ${owner} has nothing called '${wanted}'.`,
        fix: suggestion(wanted, names),
      })
    }
    for (const name of found) selected.add(name)
  }
  return names.filter((name) => selected.has(name))
}
