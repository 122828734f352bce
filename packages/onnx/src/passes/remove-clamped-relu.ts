import { calls, type Graph } from '../graph.ts'
import { GraphEdit } from './graph-edit.ts'

/** Drops a Relu whose result is clipped to numbers from zero on: relu6 as TF.js layers write it. */
export function removeClampedRelu(graph: Graph): Graph {
  const edit = new GraphEdit(graph)
  for (const node of graph.nodes) {
    const relu = calls(node, 'Clip') ? edit.writer(node.inputs[0]) : undefined
    const low = edit.constant(node.inputs[1])?.data[0]
    if (!calls(relu, 'Relu') || low === undefined || low < 0) continue
    edit.replace(node, [{ ...node, inputs: [relu.inputs[0]!, ...node.inputs.slice(1)] }])
  }
  return edit.finish()
}
