import type { Graph, Node } from '../../graph.ts'
import { isBroadcasting } from '../elementwise-operators.ts'
import { GraphEdit } from '../graph-edit.ts'

/** Leaves out a Reshape that only puts axes of length one in front of an operand that is broadcast anyway. */
export function dropBroadcastReshapes(graph: Graph): Graph {
  const edit = new GraphEdit(graph)
  for (const node of graph.nodes) {
    if (!isBroadcasting(node)) continue
    const inputs = node.inputs.map((_, index) => withoutReshape(edit, node, index))
    if (inputs.some((name, index) => name !== node.inputs[index])) edit.replace(node, [{ ...node, inputs }])
  }
  return edit.finish()
}

function withoutReshape(edit: GraphEdit, node: Node, index: number): string {
  const name = node.inputs[index]!
  const reshape = edit.writer(name)
  if (reshape?.operator !== 'Reshape') return name
  const [before, after] = [edit.spec(reshape.inputs[0]!)?.shape, edit.spec(name)?.shape]
  if (before === undefined || after === undefined || before.length >= after.length) return name
  const front = after.length - before.length
  const same = after.every((length, axis) => length === (axis < front ? 1 : before[axis - front]))
  // Another operand gives the result its rank.
  const other = node.inputs.some((own, place) => place !== index && (edit.spec(own)?.shape.length ?? 0) >= after.length)
  return same && other && !edit.constant(name) ? reshape.inputs[0]! : name
}
