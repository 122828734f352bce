import { calls, type Graph, type Node } from '../../graph.ts'
import { GraphEdit } from '../graph-edit.ts'

/** Edits the nodes that combine two operands of float32 number by number. */
export function editArithmetic(graph: Graph, change: (edit: GraphEdit, node: Node) => void): Graph {
  const edit = new GraphEdit(graph)
  for (const node of graph.nodes) {
    if (isArithmetic(node) && edit.spec(node.outputs[0]!)?.dtype === 'float32') change(edit, node)
  }
  return edit.finish()
}

function isArithmetic(node: Node): boolean {
  return calls(node, 'Add') || calls(node, 'Sub') || calls(node, 'Mul') || calls(node, 'Div')
}
