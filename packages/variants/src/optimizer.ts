import { type NamedTensorMap, type Optimizer, tidy, train, Variable, zerosLike } from '@tensorflow/tfjs-core'
import type { CommonOptions } from './common-options.ts'

/** A TF.js optimizer whose slots exist and have names. */
export interface PreparedOptimizer {
  /** Moments and counters by name: `adam/accBeta1`, `adam/conv2d_1/kernel/m`. */
  readonly slots: Readonly<Record<string, Variable>>
  apply(gradients: NamedTensorMap): void
  dispose(): void
}

function makeOptimizer({ optimizer, learningRate, beta1, beta2 }: CommonOptions): Optimizer {
  if (optimizer === 'adam') return train.adam(learningRate, beta1, beta2, 1e-7)
  if (optimizer === 'rmsprop') return train.rmsprop(learningRate, beta2, 0, 1e-7)
  return train.sgd(learningRate)
}

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
  // Gradients of zero create the slots and leave them at zero; the weights do not move.
  const zeros = tidy(() => Object.fromEntries(Object.values(weights).map((weight) => [weight.name, zerosLike(weight)])))
  optimizer.applyGradients(zeros)
  for (const zero of Object.values(zeros)) zero.dispose()
  for (const { variable, start } of counters) {
    variable.assign(start)
    start.dispose()
  }
  return Object.fromEntries([...slotsOf(optimizer)].map(([name, variable]) => [slotName(name, nameOf), variable]))
}

/**
 * Makes the optimizer of one network, and its slots.
 *
 * @param weights the network's trainable variables by their name in the network
 */
export function prepareOptimizer(
  options: CommonOptions,
  weights: Readonly<Record<string, Variable>>,
): PreparedOptimizer {
  const optimizer = makeOptimizer(options)
  const slots = Object.entries(createSlots(optimizer, weights))
  return {
    slots: Object.fromEntries(slots.map(([name, variable]) => [`${options.optimizer}/${name}`, variable])),
    apply: (gradients) => optimizer.applyGradients(gradients),
    dispose: () => optimizer.dispose(),
  }
}

/** `conv2d_Conv2D1/kernel/m` as `conv2d_1/kernel/m`: TF.js numbers its variables, the network's names are stable. */
function slotName(originalName: string, nameOf: ReadonlyMap<string, string>): string {
  const cut = originalName.lastIndexOf('/')
  const weight = cut === -1 ? undefined : nameOf.get(originalName.slice(0, cut))
  return weight === undefined ? originalName : `${weight}${originalName.slice(cut)}`
}
