import type { Graph, Node } from '../../graph.ts'
import { GraphEdit } from '../graph-edit.ts'
import { type Affine, affineOf, compose, identityAffine, scales, shifts } from './affine.ts'
import { type LinearNode, linearNodeOf, mappedBias, scaledWeight, withoutBeta } from './linear-node.ts'
import { storeBias } from './store-bias.ts'

/** A weight that others read, too, is copied up to this size. */
const COPY_LIMIT = 16 * 1024

/**
 * Folds what is affine in every channel after a convolution or a matrix product into its weight and bias: batch
 * normalization with running statistics, biases, scales, in any order and number. Folded numbers are computed in float64 and
 * rounded once, so results differ from the unfolded graph's by rounding.
 */
export function foldAffine(graph: Graph): Graph {
  const edit = new GraphEdit(graph)
  for (const node of graph.nodes) {
    const linear = linearNodeOf(edit, node)
    if (linear === undefined) continue
    const chain = chainAfter(edit, linear)
    if (chain !== undefined) foldChain(edit, linear, chain)
  }
  return edit.finish()
}

/** Consecutive affine nodes, and all of them as one map. */
interface Chain {
  readonly nodes: readonly Node[]
  readonly affine: Affine
}

function chainAfter(edit: GraphEdit, linear: LinearNode): Chain | undefined {
  const nodes: Node[] = []
  let affine = identityAffine(linear.channels.count)
  let [value] = linear.node.outputs as [string]
  const canScale = linear.bias !== undefined && maySetWeight(edit, linear)
  for (;;) {
    const reader = edit.soleReader(value)
    const next = reader && affineOf(edit, reader, value, linear.channels)
    // Without a constant weight only shifts can be taken over.
    if (reader === undefined || next === undefined || (scales(next) && !canScale)) break
    affine = compose(affine, next)
    nodes.push(reader)
    value = reader.outputs[0]!
  }
  return nodes.length === 0 || linear.bias === undefined ? undefined : { nodes, affine }
}

function maySetWeight(edit: GraphEdit, { node, weight }: LinearNode): boolean {
  if (weight === undefined || node.inputs.indexOf(node.inputs[1]!) !== 1) return false
  return edit.readerCount(node.inputs[1]!) === 1 || weight.data.byteLength <= COPY_LIMIT
}

function foldChain(edit: GraphEdit, linear: LinearNode, { nodes, affine }: Chain): void {
  const { node } = linear
  const last = nodes.at(-1)!
  const output = last.outputs[0]!
  const [input, weightName] = node.inputs as [string, string]
  const isMatMul = node.operator === 'MatMul'
  const becomesGemm = isMatMul && linear.channels.rank === 2 && edit.spec(input)?.shape.length === 2
  // A product of higher rank has no bias: one Add remains, which is a gain only over a longer chain.
  const keepsAdd = isMatMul && !becomesGemm && shifts(affine)
  if (keepsAdd && nodes.length === 1) return
  const weight = scales(affine) ? edit.changeConstant(weightName, scaledWeight(linear, affine)) : weightName
  const dtype = edit.spec(node.outputs[0]!)!.dtype
  const hasBias = (node.inputs[2] ?? '') !== '' || shifts(affine)
  const bias = hasBias && storeBias(edit, node, nodes, mappedBias(linear, affine, dtype))
  if (keepsAdd) {
    const product = edit.freshName('MatMul')
    edit.replace(node, [])
    edit.replace(last, [
      { ...node, name: product, inputs: [input, weight], outputs: [product] },
      {
        operator: 'Add',
        name: edit.freshName('Add'),
        inputs: [product, bias as string],
        outputs: [output],
        attributes: {},
      },
    ])
  } else {
    edit.replace(node, [])
    edit.replace(last, [
      {
        ...node,
        operator: isMatMul && hasBias && becomesGemm ? 'Gemm' : node.operator,
        inputs: bias ? [input, weight, bias] : [input, weight],
        outputs: [output],
        attributes: withoutBeta(node.attributes),
      },
    ])
  }
  for (const gone of nodes.slice(0, -1)) edit.replace(gone, [])
}
