import { calls, type Graph, type Node } from '../../graph.ts'
import { GraphEdit } from '../graph-edit.ts'
import { asVector, isPerChannel } from './channel-vector.ts'

/** Lets convolutions and products add the bias that an Add after them adds. */
export function joinBiases(graph: Graph): Graph {
  const edit = new GraphEdit(graph)
  for (const node of graph.nodes) {
    if (!calls(node, 'Add')) continue
    const [left, right] = node.inputs as [string, string]
    if (!join(edit, node, left, right)) join(edit, node, right, left)
  }
  return edit.finish()
}

function join(edit: GraphEdit, add: Node, value: string, bias: string): boolean {
  const node = edit.writer(value)
  if (node === undefined || node.domain !== undefined || edit.soleReader(value) !== add) return false
  if ((node.inputs[2] ?? '') !== '') return false
  const shape = edit.spec(value)?.shape
  if (shape === undefined) return false
  if (calls(node, 'Gemm')) {
    const own = edit.spec(bias)?.shape
    // One number for each column: a bias that differs from row to row would have to be copied.
    if (own === undefined || own.length > 2 || own.at(-1) !== shape[1] || (own.length === 2 && own[0] !== 1))
      return false
    edit.replace(node, [])
    edit.replace(add, [{ ...node, inputs: [...node.inputs.slice(0, 2), bias], outputs: add.outputs }])
    return true
  }
  if (!calls(node, 'Conv') && !calls(node, 'ConvTranspose')) return false
  if (!isPerChannel(edit, bias, shape)) return false
  const { vector, nodes } = asVector(edit, bias, shape[1] as number)
  edit.replace(node, [])
  edit.replace(add, [...nodes, { ...node, inputs: [...node.inputs.slice(0, 2), vector], outputs: add.outputs }])
  return true
}
