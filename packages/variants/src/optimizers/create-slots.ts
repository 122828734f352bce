import { type NamedTensorMap, type Optimizer, Variable } from '@tensorflow/tfjs-core'

interface Slot {
  readonly originalName: string
  readonly variable: Variable
}

/** TF.js optimizers keep their variables as fields, and lists of `{ originalName, variable }` per weight. */
function* slotsOf(optimizer: Optimizer): Iterable<readonly [name: string, variable: Variable]> {
  for (const [field, value] of Object.entries(optimizer)) {
    if (value instanceof Variable) yield [field, value]
    if (!Array.isArray(value)) continue
    for (const slot of value as Slot[]) if (slot?.variable instanceof Variable) yield [slot.originalName, slot.variable]
  }
}

/**
 * Makes an optimizer's slots before anything is recorded: TF.js would create them inside the first training step.
 *
 * @param weights the variables that it will move, by the name that their slots shall bear
 * @returns counters and moments by name: `accBeta1`, `conv2d_1/kernel/m`
 *
 * @example
 * ```ts
 * const optimizer = train.adam(1e-3)
 * const variables = { kernel, ...createSlots(optimizer, { kernel }) }
 * ```
 */
export function createSlots(
  optimizer: Optimizer,
  weights: Readonly<Record<string, Variable>>,
): Record<string, Variable> {
  const nameOf = new Map(Object.entries(weights).map(([name, variable]) => [variable.name, name]))
  const counters = [...slotsOf(optimizer)].map(([, variable]) => ({ variable, start: variable.clone() }))
  // TF.js creates the slots of a weight before it finds that there is no gradient, and leaves the weight where it is.
  const none = Object.fromEntries(Object.values(weights).map((weight) => [weight.name, null]))
  optimizer.applyGradients(none as unknown as NamedTensorMap)
  for (const { variable, start } of counters) {
    variable.assign(start)
    start.dispose()
  }
  return Object.fromEntries([...slotsOf(optimizer)].map(([name, variable]) => [slotName(name, nameOf), variable]))
}

/** `conv2d_Conv2D1/kernel/m` as `conv2d_1/kernel/m`: TF.js numbers its variables, the network's names are stable. */
function slotName(originalName: string, nameOf: ReadonlyMap<string, string>): string {
  const cut = originalName.lastIndexOf('/')
  const weight = cut === -1 ? undefined : nameOf.get(originalName.slice(0, cut))
  return weight === undefined ? originalName : `${weight}${originalName.slice(cut)}`
}
