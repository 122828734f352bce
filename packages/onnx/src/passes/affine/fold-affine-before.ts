import { type NDArray, sizeOfShape } from '@gantry/core'
import { calls, type Graph, type Node } from '../../graph.ts'
import { permutationOf } from '../elementwise-operators.ts'
import { GraphEdit } from '../graph-edit.ts'
import { type Affine, affineOf, type Channels, scales, shifts } from './affine.ts'
import { type LinearNode, linearNodeOf, withoutBeta } from './linear-node.ts'
import { storeBias } from './store-bias.ts'

/**
 * Folds what is affine in every channel before a matrix product or a convolution, also with a Transpose between them, into
 * its weight and bias: W·(s·x + t) + b = (W·s)·x + (W·t + b). A padded convolution takes scales only: its zeros are not
 * shifted.
 */
export function foldAffineBefore(graph: Graph): Graph {
  const edit = new GraphEdit(graph)
  for (const node of graph.nodes) if (!edit.isReplaced(node)) foldBefore(edit, node)
  return edit.finish()
}

function foldBefore(edit: GraphEdit, node: Node): void {
  const linear = inputAxisOf(node) === undefined ? undefined : linearNodeOf(edit, node)
  const weightName = node.inputs[1] ?? ''
  if (linear?.weight === undefined || linear.bias === undefined || edit.soleReader(weightName) !== node) return
  const value = node.inputs[0]!
  const transpose = calls(edit.writer(value), 'Transpose') ? edit.writer(value) : undefined
  const before = edit.writer(transpose?.inputs[0] ?? value)
  const shape = edit.spec(value)?.shape
  if (before === undefined || shape === undefined || edit.soleReader(value) !== node) return
  if (transpose !== undefined && edit.soleReader(transpose.inputs[0]!) !== transpose) return
  const axis = node.operator === 'Conv' ? 1 : shape.length - 1
  const count = shape[axis]
  if (typeof count !== 'number') return
  const place = transpose === undefined ? axis : permutationOf(transpose, shape.length)[axis]!
  const channels: Channels = { axis: place, count, rank: shape.length }
  const source = before.inputs.find((name) => edit.constant(name) === undefined)
  const affine = source === undefined ? undefined : affineOf(edit, before, source, channels)
  if (affine === undefined || (shifts(affine) && !takesShifts(node, shape.length))) return
  const replacement = folded(edit, linear, before, transpose === undefined ? source! : value, affine)
  edit.replace(before, [])
  if (transpose !== undefined) edit.replace(transpose, [{ ...transpose, inputs: [source!] }])
  edit.replace(node, [replacement])
}

/** The axis of the weight that the input's channels lie on. */
function inputAxisOf({ operator, attributes }: Node): number | undefined {
  if (operator === 'MatMul') return 0
  if (operator === 'Gemm') {
    const plain = attributes.transA?.value !== 1 && (attributes.alpha?.value ?? 1) === 1
    return plain ? (attributes.transB?.value === 1 ? 1 : 0) : undefined
  }
  return operator === 'Conv' && (attributes.group?.value ?? 1) === 1 ? 1 : undefined
}

/** Whether a shift of the input is the same shift of the output everywhere, and there is a bias that can take it. */
function takesShifts({ operator, attributes }: Node, rank: number): boolean {
  // A product of higher rank has no bias.
  if (operator === 'MatMul') return rank === 2
  if (operator === 'Gemm') return true
  const { pads, auto_pad: autoPad } = attributes
  const padded = pads?.type === 'ints' && pads.value.some((length) => length !== 0)
  return !padded && (autoPad === undefined || autoPad.value === 'NOTSET' || autoPad.value === 'VALID')
}

/** The node with the map in its weight and bias. */
function folded(edit: GraphEdit, linear: LinearNode, before: Node, source: string, affine: Affine): Node {
  const { node, weight } = linear
  const [, weightName] = node.inputs as [string, string]
  const { scaled, shift } = applied(weight!, linear.outputAxes[0]!, inputAxisOf(node)!, affine)
  const needsBias = shifts(affine) || (node.inputs[2] ?? '') !== ''
  const numbers = linear.bias!.map((value, channel) => value + shift[channel]!)
  const { dtype } = weight!
  const array: NDArray = {
    dtype,
    shape: [numbers.length],
    data: dtype === 'float64' ? numbers : Float32Array.from(numbers),
  }
  const bias = needsBias ? storeBias(edit, node, [before], array) : undefined
  const name = scales(affine) ? edit.changeConstant(weightName, scaled) : weightName
  return {
    ...node,
    operator: node.operator === 'MatMul' && shifts(affine) ? 'Gemm' : node.operator,
    inputs: bias === undefined ? [source, name] : [source, name, bias],
    attributes: withoutBeta(node.attributes),
  }
}

/** The weight with its input channels scaled, and what the shifts add to every output channel. */
function applied(weight: NDArray, outputAxis: number, inputAxis: number, { scale, shift }: Affine) {
  const { shape, dtype } = weight
  const data = weight.data as Float32Array
  const place = (axis: number) => {
    const inner = sizeOfShape(shape.slice(axis + 1))
    return (index: number) => Math.floor(index / inner) % shape[axis]!
  }
  const [inputOf, outputOf] = [place(inputAxis), place(outputAxis)]
  const sums = new Float64Array(shape[outputAxis]!)
  for (let index = 0; index < data.length; index++) sums[outputOf(index)]! += data[index]! * shift[inputOf(index)]!
  const scaled: NDArray = { dtype, shape, data: data.map((value, index) => value * scale[inputOf(index)]!) }
  return { scaled, shift: sums }
}
