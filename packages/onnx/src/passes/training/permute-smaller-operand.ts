import { invertPermutation, sizeOfShape } from '@gantry/core'
import { calls, type Graph, type Node } from '../../graph.ts'
import { permutationOf, transposeNode } from '../elementwise-operators.ts'
import { GraphEdit } from '../graph-edit.ts'
import { reshapeNode } from '../reshape-node.ts'

/**
 * Moves a transposition of images beside a matrix product to the weights, where those are smaller: flattened images
 * (`Transpose → Reshape → Gemm`, and the gradient of the weights) and their gradient (`Gemm → Reshape → Transpose`).
 */
export function permuteSmallerOperand(graph: Graph): Graph {
  const edit = new GraphEdit(graph)
  for (const node of graph.nodes) {
    if (edit.isReplaced(node) || node.domain !== undefined) continue
    if (calls(node, 'Transpose')) moveFromOutput(edit, node)
    else if (isProduct(node)) moveFromInput(edit, node)
  }
  return edit.finish()
}

/** A product of two matrices, without a third that is added. */
function isProduct({ operator, inputs }: Node): boolean {
  return operator === 'Gemm' && (inputs[2] ?? '') === ''
}

const isTransposed = (node: Node, index: 0 | 1) => node.attributes[index === 0 ? 'transA' : 'transB']?.value === 1

/** Images whose inner axes stand in another order than before: `lengths` before, `order` of them after. */
interface Permuted {
  readonly lengths: readonly number[]
  readonly order: readonly number[]
}

function permutedBy(edit: GraphEdit, transpose: Node): Permuted | undefined {
  const shape = edit.knownShape(transpose.inputs[0]!)
  if (shape === undefined) return undefined
  const permutation = permutationOf(transpose, shape.length)
  if (permutation[0] !== 0) return undefined
  return { lengths: shape.slice(1), order: permutation.slice(1).map((axis) => axis - 1) }
}

function moveFromInput(edit: GraphEdit, product: Node): void {
  for (const index of [0, 1] as const) {
    const reshape = edit.writer(product.inputs[index])
    const transpose = calls(reshape, 'Reshape') ? edit.writer(reshape.inputs[0]) : undefined
    if (!calls(transpose, 'Transpose')) continue
    const permuted = permutedBy(edit, transpose)
    const flat = edit.knownShape(product.inputs[index]!)
    const [images] = edit.knownShape(transpose.inputs[0]!) ?? []
    if (permuted === undefined || flat?.length !== 2 || flat[0] !== images) continue
    const moved = moveOne(edit, product, index, permuted)
    if (moved === undefined) continue
    const source = reshaped(edit, transpose.inputs[0]!, flat)
    edit.replace(product, [...source.nodes, ...moved(source.output)])
    return
  }
}

/** The product of images in their own order, with the permutation made up for elsewhere. */
function moveOne(
  edit: GraphEdit,
  product: Node,
  index: 0 | 1,
  { lengths, order }: Permuted,
): ((images: string) => Node[]) | undefined {
  const inputs = product.inputs as [string, string]
  const other = (1 - index) as 0 | 1
  const size = sizeOfShape(edit.knownShape(inputs[index])!)
  const smaller = (name: string) => {
    const shape = edit.knownShape(name)
    return shape !== undefined && 2 * sizeOfShape(shape) <= size ? shape : undefined
  }
  const withImages = (images: string, rest: string) =>
    index === 0 ? ([images, rest] as const) : ([rest, images] as const)
  // The flattened axes are the second of the operand: summed over, or an axis of the result.
  const summed = isTransposed(product, index) === (index === 1)
  if (summed) {
    const shape = smaller(inputs[other])
    if (shape === undefined) return undefined
    // From the order after to the one before.
    const moved = order.map((axis) => lengths[axis]!)
    const axis = isTransposed(product, other) === (other === 1) ? 1 : 0
    const weight = permuteAxis(edit, inputs[other], shape, axis, { lengths: moved, order: invertPermutation(order) })
    return (images) => [...weight.nodes, { ...product, inputs: withImages(images, weight.output) }]
  }
  const [output] = product.outputs as [string]
  const shape = smaller(output)
  if (shape === undefined) return undefined
  const name = edit.freshName(product.operator)
  const permuted = permuteAxis(edit, name, shape, index === 0 ? 0 : 1, { lengths, order }, output)
  return (images) => [{ ...product, inputs: withImages(images, inputs[other]), outputs: [name] }, ...permuted.nodes]
}

function moveFromOutput(edit: GraphEdit, transpose: Node): void {
  const reshape = edit.writer(transpose.inputs[0])
  if (!calls(reshape, 'Reshape') || edit.soleReader(reshape.outputs[0]!) !== transpose) return
  const product = edit.writer(reshape.inputs[0])
  if (product === undefined || !isProduct(product) || edit.soleReader(product.outputs[0]!) !== reshape) return
  const permuted = permutedBy(edit, transpose)
  const flat = edit.knownShape(product.outputs[0]!)
  const images = edit.knownShape(transpose.inputs[0]!)
  const weight = edit.knownShape(product.inputs[1]!)
  if (permuted === undefined || flat?.length !== 2 || weight === undefined || flat[0] !== images![0]) return
  if (2 * sizeOfShape(weight) > sizeOfShape(flat)) return
  const axis = isTransposed(product, 1) ? 0 : 1
  const columns = permuteAxis(edit, product.inputs[1]!, weight, axis, permuted)
  const name = edit.freshName(product.operator)
  const turned = edit.knownShape(transpose.outputs[0]!)!
  const result = reshaped(edit, name, turned, transpose.outputs[0]!)
  edit.replace(product, [])
  edit.replace(reshape, [])
  edit.replace(transpose, [
    ...columns.nodes,
    { ...product, name, inputs: [product.inputs[0]!, columns.output], outputs: [name] },
    ...result.nodes,
  ])
}

interface Made {
  readonly nodes: readonly Node[]
  readonly output: string
}

/** Places along one axis of a matrix, seen as axes of their own, in another order. */
function permuteAxis(
  edit: GraphEdit,
  matrix: string,
  shape: readonly number[],
  axis: 0 | 1,
  { lengths, order }: Permuted,
  output?: string,
): Made {
  const apart = axis === 0 ? { shape: [...lengths, shape[1]!], order: [...order, order.length] } : undefined
  const beside = { shape: [shape[0]!, ...lengths], order: [0, ...order.map((own) => own + 1)] }
  const view = apart ?? beside
  const split = reshaped(edit, matrix, view.shape)
  const moved = edit.freshName('Transpose')
  const result = reshaped(edit, moved, shape, output)
  return {
    nodes: [...split.nodes, transposeNode(moved, split.output, moved, view.order), ...result.nodes],
    output: result.output,
  }
}

function reshaped(edit: GraphEdit, input: string, shape: readonly number[], output?: string): Made {
  const node = reshapeNode(edit, input, shape, output)
  return { nodes: [node], output: node.outputs[0]! }
}
