import type { Dimension } from '@gantry/core'
import { calls, type Graph, type Node } from '../../graph.ts'
import { permutationOf, transposeNode } from '../elementwise-operators.ts'
import { GraphEdit } from '../graph-edit.ts'
import { reshapeNode } from '../reshape-node.ts'

/**
 * Makes one Transpose of two; inverse pairs vanish with the identities. A Transpose that moves only axes of length one
 * moves no number, so it becomes a Reshape, which costs nothing.
 */
export function mergeTransposes(graph: Graph): Graph {
  const edit = new GraphEdit(graph)
  for (const node of graph.nodes) {
    if (!calls(node, 'Transpose')) continue
    const shape = edit.spec(node.inputs[0]!)?.shape
    if (shape === undefined) continue
    const permutation = permutationOf(node, shape.length)
    const first = edit.writer(node.inputs[0])
    if (calls(first, 'Transpose')) {
      const before = permutationOf(first, shape.length)
      const both = permutation.map((axis) => before[axis]!)
      edit.replace(node, [transposeNode(node.name, first.inputs[0]!, node.outputs[0]!, both)])
    } else {
      replaceByReshape(edit, node, shape, permutation)
    }
  }
  return edit.finish()
}

function replaceByReshape(
  edit: GraphEdit,
  node: Node,
  shape: readonly Dimension[],
  permutation: readonly number[],
): void {
  const moving = permutation.filter((axis) => shape[axis] !== 1)
  const ordered = moving.every((axis, place) => place === 0 || moving[place - 1]! < axis)
  const symbolic = shape.filter((length) => typeof length === 'string')
  // Nothing moves at all in an identity, which another pass removes; one unknown length follows from the others.
  const isIdentity = permutation.every((axis, place) => axis === place)
  if (!ordered || isIdentity || symbolic.length > 1 || shape.includes(0)) return
  const lengths = permutation.map((axis) => (typeof shape[axis] === 'number' ? shape[axis] : -1))
  edit.replace(node, [reshapeNode(edit, node.inputs[0]!, lengths, node.outputs[0])])
}
