import type { Node } from '../graph.ts'
import { int64Vector } from '../int64-vector.ts'
import type { GraphEdit } from './graph-edit.ts'

/** A Reshape node to constant lengths, and the name of what it writes: a new one unless given. */
export function reshapeNode(edit: GraphEdit, input: string, shape: readonly number[], output?: string): Node {
  const name = edit.freshName('Reshape')
  const target = edit.addConstant('shape', int64Vector(shape))
  return { operator: 'Reshape', name, inputs: [input, target], outputs: [output ?? name], attributes: {} }
}
