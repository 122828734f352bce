import { float32, type NDArray, ndarray } from '@gantry/core'
import { attribute, type Graph, GraphBuilder } from '@gantry/onnx'
import { addSteps, type Kernel } from '../extractors/network/add-steps.ts'
import type { Step } from '../extractors/network/steps.ts'
import { NORM_EPSILON } from './formula.ts'

/** Mean and deviation of ImageNet, for images from -1 to 1, as the reference rounds them. */
const CHANNEL_SHIFT = [-0.03, -0.088, -0.188]
const CHANNEL_SCALE = [0.458, 0.448, 0.45]

/** A network in slices, its weights, and what the differences after every slice count, channel by channel. */
export interface PerceptualParts {
  readonly name: string
  readonly slices: readonly (readonly Step[])[]
  kernelOf(name: string): Kernel
  /** [1, channels, 1, 1] of each slice. */
  readonly heads: readonly NDArray<'float32'>[]
}

/**
 * LPIPS as a graph: `left` and `right` float32 [batch, height, width, 1 or 3] in [-1, 1] → `distances` float32 [batch] and `layers`
 * float32 [batch, layers], whose rows sum to the distances.
 */
export function buildPerceptualGraph({ name, slices, kernelOf, heads }: PerceptualParts): Graph {
  const builder = new GraphBuilder(name)
  const sides = ['left', 'right'].map((side) => addPixels(builder, side))
  // Both sides pass the network as one batch.
  let value = builder.node('Concat', sides, { axis: attribute.int(0) })
  const layers: string[] = []
  for (const [layer, steps] of slices.entries()) {
    value = addSteps(builder, value, steps, kernelOf)
    const head = builder.initializer(`lin${layer}/kernel`, heads[layer]!)
    layers.push(addLayerDistance(builder, value, head))
  }
  const all = builder.node('Concat', layers, { axis: attribute.int(1) })
  builder.output('layers', all)
  builder.output('distances', addSum(builder, all, false))
  return builder.build()
}

function addPixels(builder: GraphBuilder, side: string): string {
  const images = builder.input(side, { dtype: 'float32', shape: ['batch', 'height', 'width', 'channels'] })
  const planes = builder.node('Transpose', [images], { perm: attribute.ints([0, 3, 1, 2]) })
  const three = builder.constant(ndarray('int64', [4], BigInt64Array.of(1n, 3n, 1n, 1n)))
  const colors = builder.node('Expand', [planes, three])
  const shifted = builder.node('Sub', [colors, builder.constant(float32([1, 3, 1, 1], CHANNEL_SHIFT))])
  return builder.node('Div', [shifted, builder.constant(float32([1, 3, 1, 1], CHANNEL_SCALE))])
}

/** [2·batch, channels, height, width] → [batch, 1]. */
function addLayerDistance(builder: GraphBuilder, features: string, head: string): string {
  const squares = builder.node('Mul', [features, features])
  const length = builder.node('Sqrt', [addSum(builder, squares, true)])
  const safe = builder.node('Add', [length, builder.constant(float32([], [NORM_EPSILON]))])
  const directions = builder.node('Div', [features, safe])
  const [left, right] = builder.nodes('Split', [directions], 2, { axis: attribute.int(0) }) as [string, string]
  const difference = builder.node('Sub', [left, right])
  const weighted = builder.node('Conv', [builder.node('Mul', [difference, difference]), head])
  return builder.node('Flatten', [builder.node('GlobalAveragePool', [weighted])])
}

/** Sum over the second axis. */
function addSum(builder: GraphBuilder, value: string, keepAxis: boolean): string {
  const axes = builder.constant(ndarray('int64', [1], BigInt64Array.of(1n)))
  return builder.node('ReduceSum', [value, axes], { keepdims: attribute.int(keepAxis ? 1 : 0) })
}
