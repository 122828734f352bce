import { calls, type Graph, type Node } from '../../graph.ts'
import { sameShape } from '../../inference/dimension.ts'
import { GraphEdit } from '../graph-edit.ts'
import { axesOf } from './reduction-axes.ts'

/**
 * Leaves out sums that are zero whatever the data: of numbers from which their own mean was taken. Gradients of a variance
 * contain one, as the mean depends on the numbers, too.
 */
export function dropCentredSums(graph: Graph): Graph {
  const edit = new GraphEdit(graph)
  const zeros = new Set<string>()
  for (const node of graph.nodes) {
    if (node.domain !== undefined) continue
    const [output] = node.outputs as [string]
    const [left, right] = node.inputs as [string, string | undefined]
    if (isCentredSum(edit, node)) zeros.add(output)
    else if ((calls(node, 'Reshape') || calls(node, 'Neg')) && zeros.has(left)) zeros.add(output)
    else if (calls(node, 'Add') || calls(node, 'Sub')) leaveOut(edit, node, [left, right!], zeros)
  }
  return edit.finish()
}

/** x + 0, 0 + x and x - 0 are x, 0 - x is -x, unless the zeros have more axes than x. */
function leaveOut(edit: GraphEdit, node: Node, [left, right]: readonly [string, string], zeros: ReadonlySet<string>) {
  if (zeros.has(left) === zeros.has(right)) return
  const kept = zeros.has(left) ? right : left
  if (!sameShape(edit.spec(kept)?.shape, edit.spec(node.outputs[0]!)?.shape)) return
  const operator = calls(node, 'Sub') && kept === right ? 'Neg' : 'Identity'
  edit.replace(node, [{ ...node, operator, inputs: [kept], attributes: {} }])
}

function isCentredSum(edit: GraphEdit, node: Node): boolean {
  const value = node.inputs[0]!
  const shape = edit.spec(value)?.shape
  const axes = shape && calls(node, 'ReduceSum') ? axesOf(edit, node, shape.length) : undefined
  return axes !== undefined && isCentred(edit, value, axes)
}

/** Whether numbers add up to zero over these axes. */
function isCentred(edit: GraphEdit, name: string, axes: readonly number[]): boolean {
  const node = edit.writer(name)
  const shape = edit.spec(name)?.shape
  if (node === undefined || shape === undefined || node.domain !== undefined) return false
  const [left, right] = node.inputs as [string, string]
  switch (node.operator) {
    case 'Neg':
      return isCentred(edit, left, axes)
    case 'Mul':
      return (
        (isConstantAlong(edit, left, shape.length, axes) && isCentred(edit, right, axes)) ||
        (isConstantAlong(edit, right, shape.length, axes) && isCentred(edit, left, axes))
      )
    case 'Div':
      return isConstantAlong(edit, right, shape.length, axes) && isCentred(edit, left, axes)
    case 'Sub':
      return sameShape(edit.spec(left)?.shape, shape) && isMeanOf(edit, right, left, axes)
    default:
      return false
  }
}

/** Whether a value repeats along these axes of a result of this rank. */
function isConstantAlong(edit: GraphEdit, name: string, rank: number, axes: readonly number[]): boolean {
  const shape = edit.spec(name)?.shape
  return shape !== undefined && axes.every((axis) => (shape[axis - (rank - shape.length)] ?? 1) === 1)
}

/** Whether `name` is the mean of `value` over the axes, of length one or missing in front. */
function isMeanOf(edit: GraphEdit, name: string, value: string, axes: readonly number[]): boolean {
  const shape = edit.spec(value)!.shape
  const own = edit.spec(name)?.shape
  if (own === undefined || own.length > shape.length) return false
  const aligned = [...new Array<number>(shape.length - own.length).fill(1), ...own]
  if (
    !sameShape(
      shape.map((length, axis) => (axes.includes(axis) ? 1 : length)),
      aligned,
    )
  )
    return false
  let mean = edit.writer(name)
  while (calls(mean, 'Reshape')) mean = edit.writer(mean.inputs[0])
  if (!calls(mean, 'ReduceMean') || mean.inputs[0] !== value) return false
  const reduced = axesOf(edit, mean, shape.length)
  return reduced?.length === axes.length && reduced.every((axis) => axes.includes(axis))
}
