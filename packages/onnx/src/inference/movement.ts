import type { Dimension } from '@gantry/core'
import { broadcastShapes } from './broadcast.ts'
import { divideDimension, multiplyDimensions } from './dimension.ts'
import { type Inference, type NodeContext, shapeText } from './node-context.ts'

const reshape: Inference = (context) => {
  const { dtype, shape } = context.input(0)
  const target = context.vector(1)
  const reshaped = target === undefined ? unknownShape(context) : reshapeTo(context, shape, target)
  return reshaped === undefined ? [] : [{ dtype, shape: reshaped }]
}

function reshapeTo(context: NodeContext, shape: readonly Dimension[], target: readonly Dimension[]): Dimension[] {
  const mismatch = () => context.fail(`${shapeText(shape)} has another size than the new shape ${shapeText(target)}`)
  const zeroIsLength = context.int('allowzero', 0) === 1
  const lengths = target.map((length, axis) => (length === 0 && !zeroIsLength ? (shape[axis] ?? mismatch()) : length))
  const size = multiplyDimensions(...shape)
  const known = multiplyDimensions(...lengths.filter((length) => length !== -1))
  if (!lengths.includes(-1)) {
    if (typeof size === 'number' && typeof known === 'number' && size !== known) mismatch()
    return lengths
  }
  const missing = known === 0 ? 0 : divideDimension(size, known)
  if (typeof size === 'number' && typeof known === 'number' && multiplyDimensions(missing, known) !== size) mismatch()
  return lengths.map((length) => (length === -1 ? missing : length))
}

/** The content of the shape is unknown, but its length is the rank; undefined where that is not known either. */
function unknownShape(context: NodeContext): Dimension[] | undefined {
  const rank = context.expectRank(1, 1).shape[0]
  if (typeof rank !== 'number') return undefined
  return Array.from({ length: rank }, (_, axis) => context.fresh(axis))
}

const flatten: Inference = (context) => {
  const { dtype, shape } = context.input(0)
  const axis = context.int('axis', 1)
  const split = axis === shape.length ? axis : context.axis(axis, shape.length)
  return [{ dtype, shape: [multiplyDimensions(...shape.slice(0, split)), multiplyDimensions(...shape.slice(split))] }]
}

const transpose: Inference = (context) => {
  const { dtype, shape } = context.input(0)
  const order = context.ints('perm') ?? [...shape.keys()].reverse()
  if (
    [...order].sort((left, right) => left - right).some((axis, index) => axis !== index) ||
    order.length !== shape.length
  ) {
    context.fail(`perm ${shapeText(order)} is no order of the ${shape.length} axes of ${shapeText(shape)}`)
  }
  return [{ dtype, shape: order.map((axis) => shape[axis]!) }]
}

const expand: Inference = (context) => {
  const { dtype, shape } = context.input(0)
  const target = context.vector(1) ?? unknownShape(context)
  return target === undefined ? [] : [{ dtype, shape: broadcastShapes(context, shape, target) }]
}

const tile: Inference = (context) => {
  const { dtype, shape } = context.input(0)
  const repeats = context.vector(1)
  if (repeats !== undefined && repeats.length !== shape.length) {
    context.fail(`${shapeText(shape)} has ${shape.length} axes but there are ${repeats.length} repeats`)
  }
  return [
    {
      dtype,
      shape: shape.map((length, axis) =>
        repeats === undefined ? context.fresh(axis) : multiplyDimensions(length, repeats[axis]!),
      ),
    },
  ]
}

const squeeze: Inference = (context) => {
  const { dtype, shape } = context.input(0)
  const { axes, known } = context.axes(1, shape.length)
  // Without axes, a symbolic length decides the rank at run time.
  if (!known || (axes === undefined && shape.some((length) => typeof length === 'string'))) return []
  for (const axis of axes ?? []) {
    if (typeof shape[axis] === 'number' && shape[axis] !== 1) {
      context.fail(`axis ${axis} of ${shapeText(shape)} has length ${shape[axis]} but only 1 can be squeezed`)
    }
  }
  const dropped = (length: Dimension, axis: number) => (axes === undefined ? length === 1 : axes.includes(axis))
  return [{ dtype, shape: shape.filter((length, axis) => !dropped(length, axis)) }]
}

const unsqueeze: Inference = (context) => {
  const { dtype, shape } = context.input(0)
  const given = context.has(1) ? context.integers(1) : context.ints('axes')
  if (given === undefined) return []
  const rank = shape.length + given.length
  const axes = given.map((axis) => context.axis(axis, rank))
  if (new Set(axes).size !== axes.length) context.fail(`the axes ${shapeText(given)} name one axis twice`)
  const lengths = shape.values()
  return [
    { dtype, shape: Array.from({ length: rank }, (_, axis) => (axes.includes(axis) ? 1 : lengths.next().value!)) },
  ]
}

const depthToSpace: Inference = (context) => {
  const { dtype, shape } = context.expectRank(0, 4)
  const block = context.int('blocksize', 1)
  const [batch, channels, height, width] = shape as [Dimension, Dimension, Dimension, Dimension]
  if (typeof channels === 'number' && channels % block ** 2 !== 0) {
    context.fail(`${shapeText(shape)} has ${channels} channels, which blocks of ${block}×${block} do not divide`)
  }
  const depth = divideDimension(channels, block ** 2)
  return [{ dtype, shape: [batch, depth, multiplyDimensions(height, block), multiplyDimensions(width, block)] }]
}

const spaceToDepth: Inference = (context) => {
  const { dtype, shape } = context.expectRank(0, 4)
  const block = context.int('blocksize', 1)
  const [batch, channels, height, width] = shape as [Dimension, Dimension, Dimension, Dimension]
  for (const length of [height, width]) {
    if (typeof length === 'number' && length % block !== 0) {
      context.fail(`blocks of ${block}×${block} do not divide ${shapeText(shape)}`)
    }
  }
  const depth = multiplyDimensions(channels, block ** 2)
  return [{ dtype, shape: [batch, depth, divideDimension(height, block), divideDimension(width, block)] }]
}

/** Operators that lay out the same elements anew, or repeat them. */
export const movement: Readonly<Record<string, Inference>> = {
  DepthToSpace: depthToSpace,
  Expand: expand,
  Flatten: flatten,
  Reshape: reshape,
  SpaceToDepth: spaceToDepth,
  Squeeze: squeeze,
  Tile: tile,
  Transpose: transpose,
  Unsqueeze: unsqueeze,
}
