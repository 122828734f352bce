import type { NDArray, TensorSpec } from '@gantry/core'
import type { Attributes, Node } from '../graph.ts'

/** What an upgrade may ask of the graph around a node, and add to it. */
export interface UpgradeContext {
  /** The operator set that the node means. */
  readonly opset: number
  spec(name: string | undefined): TensorSpec | undefined
  /** Content of a value, where it is constant and small, or an initializer. */
  constant(name: string | undefined): NDArray | undefined
  /** Name of a new constant. */
  addConstant(stem: string, array: NDArray): string
  freshName(stem: string): string
}

/**
 * Says in operators of the working set what a node of an older one says; outputs keep their names. Undefined where the
 * older meaning has no equivalent, or where it depends on something that is not known.
 */
export type Upgrade = (node: Node, context: UpgradeContext) => readonly Node[] | undefined

/** An operator whose meaning changed. */
export interface Change {
  /** The first operator set of the new meaning. */
  readonly below: number
  readonly upgrade: Upgrade
}

/** The attributes but for these. */
export function without(attributes: Attributes, ...names: readonly string[]): Attributes {
  return Object.fromEntries(Object.entries(attributes).filter(([name]) => !names.includes(name)))
}

/** Whether an output is read, as far as the node says. */
export function hasOutput({ outputs }: Node, index: number): boolean {
  return (outputs[index] ?? '') !== ''
}

/** An integer attribute. */
export function intOf({ attributes }: Node, name: string, fallback: number): number {
  const value = attributes[name]
  return value?.type === 'int' ? value.value : fallback
}
