import { type Dimension, invertPermutation, type NDArray, permuteAxes, sizeOfShape } from '@gantry/core'
import { viewAs } from '../../folding/evaluation.ts'
import { calls, type Graph, type Node } from '../../graph.ts'
import { int64Vector } from '../../int64-vector.ts'
import { isUnary, permutationOf } from '../elementwise-operators.ts'
import { GraphEdit } from '../graph-edit.ts'

/**
 * Lets the weights of a matrix product take over a Transpose beside it: `Transpose → Reshape → Gemm` (flattened images) by
 * the order of the weight's rows, `Gemm → Reshape → Transpose` (a latent vector made an image) by that of its columns.
 */
export function absorbTransposes(graph: Graph): Graph {
  const edit = new GraphEdit(graph)
  for (const node of graph.nodes) {
    if (edit.isReplaced(node) || node.domain !== undefined) continue
    if (calls(node, 'Transpose')) absorbAfter(edit, node)
    else if (isProduct(node)) absorbBefore(edit, node)
  }
  return edit.finish()
}

function isProduct(node: Node): boolean {
  return calls(node, 'MatMul') || (calls(node, 'Gemm') && node.attributes.transA?.value !== 1)
}

/** A matrix of weights that only this node reads. */
function ownWeight(edit: GraphEdit, node: Node, index: number): NDArray | undefined {
  const name = node.inputs[index] ?? ''
  const array = edit.constant(name)
  return edit.soleReader(name) === node && node.inputs.indexOf(name) === index ? array : undefined
}

/** Lengths of all axes but the first, where they are known. */
function innerLengths(shape: readonly Dimension[] | undefined): readonly number[] | undefined {
  const inner = shape?.slice(1)
  return inner?.every((length) => typeof length === 'number') ? (inner as number[]) : undefined
}

/** Places along `axis` of a matrix, seen as axes of these lengths, in another order. */
function reorder(matrix: NDArray, axis: number, lengths: readonly number[], order: readonly number[]): NDArray {
  const [before, after] = [matrix.shape.slice(0, axis), matrix.shape.slice(axis + 1)]
  const split = viewAs(matrix, [...before, ...lengths, ...after])
  const permutation = [
    ...before.keys(),
    ...order.map((own) => own + before.length),
    ...[...after.keys()].map((own) => own + before.length + order.length),
  ]
  return viewAs(permuteAxes(split, permutation), matrix.shape)
}

function absorbBefore(edit: GraphEdit, node: Node): void {
  const reshape = edit.writer(node.inputs[0])
  const transpose = edit.writer(reshape?.inputs[0])
  const weight = ownWeight(edit, node, 1)
  if (!calls(reshape, 'Reshape') || !calls(transpose, 'Transpose') || weight?.shape.length !== 2) return
  if (edit.soleReader(reshape.outputs[0]!) !== node || edit.soleReader(transpose.outputs[0]!) !== reshape) return
  const [images, flat] = [edit.spec(transpose.inputs[0]!)?.shape, edit.spec(reshape.outputs[0]!)?.shape]
  const lengths = innerLengths(images)
  const permutation = images && permutationOf(transpose, images.length)
  if (lengths === undefined || permutation?.[0] !== 0 || flat?.length !== 2) return
  if (flat[0] !== images![0] || flat[1] !== sizeOfShape(lengths)) return
  const axis = node.attributes.transB?.value === 1 ? 1 : 0
  const order = permutation.slice(1).map((own) => own - 1)
  const moved = order.map((own) => lengths[own]!)
  // The rows lie in the transposed order; back to the order before.
  const rows = reorder(weight, axis, moved, invertPermutation(order))
  edit.changeConstant(node.inputs[1]!, rows)
  edit.replace(transpose, [])
  edit.replace(reshape, [
    { ...reshape, inputs: [transpose.inputs[0]!, shapeConstant(edit, [-1, sizeOfShape(lengths)])] },
  ])
  edit.replace(node, [node])
}

function absorbAfter(edit: GraphEdit, transpose: Node): void {
  const reshape = edit.writer(transpose.inputs[0])
  if (!calls(reshape, 'Reshape') || edit.soleReader(reshape.outputs[0]!) !== transpose) return
  const product = productBefore(edit, reshape)
  const weight = product && ownWeight(edit, product, 1)
  const [flat, images] = [edit.spec(reshape.inputs[0]!)?.shape, edit.spec(reshape.outputs[0]!)?.shape]
  const lengths = innerLengths(images)
  const permutation = images && permutationOf(transpose, images.length)
  if (product === undefined || weight?.shape.length !== 2 || lengths === undefined || permutation?.[0] !== 0) return
  if (flat?.length !== 2 || flat[0] !== images![0] || flat[1] !== sizeOfShape(lengths)) return
  const order = permutation.slice(1).map((own) => own - 1)
  const biasName = product.inputs[2] ?? ''
  const bias = biasName === '' ? undefined : ownWeight(edit, product, 2)
  // A bias of one number, or of one number for each column.
  if (biasName !== '' && (bias === undefined || ![1, flat[1]].includes(bias.data.length))) return
  edit.changeConstant(
    product.inputs[1]!,
    reorder(weight, product.attributes.transB?.value === 1 ? 0 : 1, lengths, order),
  )
  if (bias !== undefined && bias.data.length > 1) {
    edit.changeConstant(biasName, reorder(bias, bias.shape.length - 1, lengths, order))
  }
  const target = shapeConstant(edit, [-1, ...order.map((own) => lengths[own]!)])
  edit.replace(product, [product])
  edit.replace(reshape, [])
  edit.replace(transpose, [{ ...reshape, inputs: [reshape.inputs[0]!, target], outputs: transpose.outputs }])
}

/** The product before a Reshape, through nodes that treat every element alike. */
function productBefore(edit: GraphEdit, reshape: Node): Node | undefined {
  let reader = reshape
  for (;;) {
    const value = reader.inputs[0]!
    const writer = edit.writer(value)
    if (writer === undefined || edit.soleReader(value) !== reader) return undefined
    if (isProduct(writer)) return writer
    if (!isUnary(writer)) return undefined
    reader = writer
  }
}

function shapeConstant(edit: GraphEdit, lengths: readonly number[]): string {
  return edit.addConstant('shape', int64Vector(lengths))
}
