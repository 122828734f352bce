import { type NDArray, sizeOfShape } from '@gantry/core'
import { type Attributes, attribute, type Node } from '../../graph.ts'
import type { GraphEdit } from '../graph-edit.ts'
import { type Affine, type Channels, perChannel } from './affine.ts'

/** A node that is linear in its input, with the places of its weight and bias. */
export interface LinearNode {
  readonly node: Node
  /** The weight, when it is a constant. */
  readonly weight: NDArray | undefined
  /** The axes of the weight that the output's channels lie on: one, or for a grouped ConvTranspose group and channel. */
  readonly outputAxes: readonly number[]
  /** What the present bias adds to every channel, zeros without one; undefined when it is no constant of channels. */
  readonly bias: Float64Array | undefined
  /** Channels of the output. */
  readonly channels: Channels
}

/** Conv, ConvTranspose, Gemm and MatMul with a matrix of weights; undefined for other nodes. */
export function linearNodeOf(edit: GraphEdit, node: Node): LinearNode | undefined {
  if (node.domain !== undefined) return undefined
  const [shape, weightShape] = [edit.spec(node.outputs[0]!)?.shape, edit.spec(node.inputs[1] ?? '')?.shape]
  if (shape === undefined || weightShape === undefined) return undefined
  // Integers wrap and cut off, which sums and products ahead of time would not.
  if (!edit.spec(node.outputs[0]!)!.dtype.startsWith('float')) return undefined
  const axis = node.operator === 'Conv' || node.operator === 'ConvTranspose' ? 1 : shape.length - 1
  const count = shape[axis]
  if (typeof count !== 'number') return undefined
  const channels: Channels = { axis, count, rank: shape.length }
  const outputAxes = outputAxesOf(node, weightShape.length)
  if (outputAxes === undefined) return undefined
  const weight = edit.constant(node.inputs[1])
  return { node, weight, outputAxes, bias: biasOf(edit, node, channels), channels }
}

function outputAxesOf({ operator, attributes }: Node, weightRank: number): readonly number[] | undefined {
  switch (operator) {
    case 'Conv':
      return [0]
    case 'ConvTranspose':
      // [in, out / groups, …]: the groups are consecutive blocks of the first axis.
      return [0, 1]
    case 'Gemm':
      return [attributes.transB?.value === 1 ? 0 : 1]
    case 'MatMul':
      return weightRank === 2 ? [1] : undefined
    default:
      return undefined
  }
}

function biasOf(edit: GraphEdit, { operator, inputs, attributes }: Node, channels: Channels): Float64Array | undefined {
  const name = inputs[2] ?? ''
  if (name === '') return new Float64Array(channels.count)
  const array = edit.constant(name)
  // The bias of a convolution is a vector of channels; that of a Gemm broadcasts.
  const numbers = array && perChannel(array, operator === 'Gemm' ? channels : { ...channels, axis: 0, rank: 1 })
  const beta = attributes.beta?.type === 'float' ? attributes.beta.value : 1
  return numbers?.map((number) => number * beta)
}

/** The weight with every output channel multiplied by its scale: in float64, rounded once. */
export function scaledWeight({ node, weight, outputAxes }: LinearNode, { scale }: Affine): NDArray {
  const { dtype, shape, data } = weight!
  const channelOf = channelIndex(node, shape, outputAxes)
  const numbers = (data as Float32Array).map((value, index) => value * scale[channelOf(index)]!)
  return { dtype, shape, data: numbers }
}

/** From an element's place in the weight to its output channel. */
function channelIndex(node: Node, shape: readonly number[], axes: readonly number[]): (index: number) => number {
  const [axis, channelAxis] = axes as [number, number | undefined]
  const inner = sizeOfShape(shape.slice(axis + 1))
  if (channelAxis === undefined) return (index) => Math.floor(index / inner) % shape[axis]!
  const groups = node.attributes.group?.type === 'int' ? node.attributes.group.value : 1
  const perGroup = shape[channelAxis]!
  const channelInner = sizeOfShape(shape.slice(channelAxis + 1))
  const inputsPerGroup = shape[axis]! / groups
  return (index) =>
    Math.floor(Math.floor(index / inner) / inputsPerGroup) * perGroup + (Math.floor(index / channelInner) % perGroup)
}

/** The bias that stands for the present one and the affine map after it, as a vector of channels. */
export function mappedBias(
  { bias, weight, channels }: LinearNode,
  { scale, shift }: Affine,
  dtype: NDArray['dtype'],
): NDArray {
  const numbers = bias!.map((value, channel) => value * scale[channel]! + shift[channel]!)
  const data = (weight?.dtype ?? dtype) === 'float64' ? numbers : Float32Array.from(numbers)
  return { dtype: weight?.dtype ?? dtype, shape: [channels.count], data }
}

/** Attributes of a Gemm whose beta is part of its bias now. */
export function withoutBeta(attributes: Attributes): Attributes {
  return attributes.beta === undefined ? attributes : { ...attributes, beta: attribute.float(1) }
}
