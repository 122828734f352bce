import type { Node } from '../../graph.ts'
import type { GraphEdit } from '../graph-edit.ts'

/** The axes that a reduction reduces, when they are listed: as an input (ReduceSum), or as an attribute. */
export function axesOf(edit: GraphEdit, node: Node, rank: number): readonly number[] | undefined {
  if (node.domain !== undefined) return undefined
  const listed = node.attributes.axes
  const array = edit.constant(node.inputs[1])
  const axes = listed?.type === 'ints' ? listed.value : array && Array.from(array.data as BigInt64Array, Number)
  return axes?.map((axis) => (axis < 0 ? axis + rank : axis))
}
