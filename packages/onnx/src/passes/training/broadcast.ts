import { calls, type Node } from '../../graph.ts'
import type { GraphEdit } from '../graph-edit.ts'

/** Whether a node combines two operands number by number. */
export function isArithmetic(node: Node): boolean {
  return calls(node, 'Add') || calls(node, 'Sub') || calls(node, 'Mul') || calls(node, 'Div')
}

/** The shape of a value of float32, where all of its lengths are known. */
export function knownShape(edit: GraphEdit, name: string): readonly number[] | undefined {
  const spec = edit.spec(name)
  const isKnown = spec?.dtype === 'float32' && spec.shape.every((length) => typeof length === 'number')
  return isKnown ? (spec.shape as readonly number[]) : undefined
}
