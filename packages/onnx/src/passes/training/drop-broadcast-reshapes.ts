import { calls, type Graph } from '../../graph.ts'
import { isBroadcasting } from '../elementwise-operators.ts'
import { GraphEdit } from '../graph-edit.ts'

/** Leaves out a Reshape that only puts axes of length one in front of an operand that is broadcast anyway. */
export function dropBroadcastReshapes(graph: Graph): Graph {
  const edit = new GraphEdit(graph)
  for (const node of graph.nodes) {
    if (!isBroadcasting(node)) continue
    // One after the other: of two that give the result its rank, one has to stay.
    const inputs = [...node.inputs]
    for (const index of inputs.keys()) inputs[index] = withoutReshape(edit, inputs, index)
    if (inputs.some((name, index) => name !== node.inputs[index])) edit.replace(node, [{ ...node, inputs }])
  }
  return edit.finish()
}

function withoutReshape(edit: GraphEdit, inputs: readonly string[], index: number): string {
  const name = inputs[index]!
  const reshape = edit.writer(name)
  if (!calls(reshape, 'Reshape')) return name
  const [before, after] = [edit.spec(reshape.inputs[0]!)?.shape, edit.spec(name)?.shape]
  if (before === undefined || after === undefined || before.length >= after.length) return name
  const front = after.length - before.length
  const same = after.every((length, axis) => length === (axis < front ? 1 : before[axis - front]))
  // Another operand gives the result its rank.
  const other = inputs.some((own, place) => place !== index && (edit.spec(own)?.shape.length ?? 0) >= after.length)
  return same && other && !edit.constant(name) ? reshape.inputs[0]! : name
}
