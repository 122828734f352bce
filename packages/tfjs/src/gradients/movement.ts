import {
  batchToSpaceND,
  concat,
  type DataType,
  type GradConfig,
  reshape,
  reverse,
  spaceToBatchND,
  split,
  stack,
  sum,
  type Tensor,
  transpose,
  unstack,
} from '@tensorflow/tfjs-core'
import { float, linear, sumTo, zerosOf } from './gradient.ts'

/** TF.js hands over a bare tensor where an operation had one output. */
const listOf = (dys: Tensor | Tensor[]) => (Array.isArray(dys) ? dys : [dys])

/** Sums the copies. TF.js adds up slices, one a copy, and only up to rank 4. */
function tileGradient(dy: Tensor, { reps }: { reps: readonly number[] }, shape: readonly number[]): Tensor {
  const lengths: number[] = []
  const copies: number[] = []
  for (const [axis, length] of shape.entries()) {
    if (reps[axis]! > 1) copies.push(lengths.length)
    // Copies of a single number already have the axis to themselves.
    if (length === 1 || reps[axis] === 1) lengths.push(length * reps[axis]!)
    else lengths.push(reps[axis]!, length)
  }
  return reshape(copies.length === 0 ? dy : sum(reshape(dy, lengths), copies), [...shape])
}

/** Inverse of depth-to-space: each block of pixels becomes the channels of one. */
function depthToSpaceGradient(
  dy: Tensor,
  { blockSize, dataFormat }: { blockSize: number; dataFormat: 'NHWC' | 'NCHW' },
  shape: readonly number[],
): Tensor {
  if (dataFormat === 'NCHW') {
    const [batch, channels, height, width] = shape as [number, number, number, number]
    const blocks = [batch, channels / blockSize ** 2, height, blockSize, width, blockSize]
    return reshape(transpose(reshape(dy, blocks), [0, 3, 5, 1, 2, 4]), [...shape])
  }
  const [batch, height, width, channels] = shape as [number, number, number, number]
  const blocks = [batch, height, blockSize, width, blockSize, channels / blockSize ** 2]
  return reshape(transpose(reshape(dy, blocks), [0, 1, 3, 2, 4, 5]), [...shape])
}

/** A cast of numbers to integers rounds: it is piecewise constant. TF.js lets the gradient pass. */
const castGradient: GradConfig = {
  kernelName: 'Cast',
  inputsToSave: ['x'],
  gradFunc: (dy, saved, attributes) => {
    const { dtype } = attributes as unknown as { dtype: DataType }
    const rounds = saved[0]!.dtype === 'float32' && dtype !== 'float32'
    return { x: () => (rounds ? zerosOf(saved[0]!) : float((dy as Tensor).clone())) }
  },
}

const concatGradient: GradConfig = {
  kernelName: 'Concat',
  saveAllInputs: true,
  gradFunc: (dy, saved, attributes) => {
    const { axis } = attributes as unknown as { axis: number }
    const along = axis < 0 ? axis + saved[0]!.rank : axis
    const parts = split(
      dy as Tensor,
      saved.map(({ shape }) => shape[along]!),
      along,
    )
    return Object.fromEntries(parts.map((part, index) => [index, () => part]))
  },
}

const packGradient: GradConfig = {
  kernelName: 'Pack',
  saveAllInputs: true,
  gradFunc: (dy, _, attributes) => {
    const parts = unstack(dy as Tensor, (attributes as unknown as { axis: number }).axis)
    return Object.fromEntries(parts.map((part, index) => [index, () => part]))
  },
}

const splitGradient: GradConfig = {
  kernelName: 'SplitV',
  gradFunc: (dys, _, attributes) => ({
    x: () => concat(listOf(dys), (attributes as unknown as { axis: number }).axis),
  }),
}

const unpackGradient: GradConfig = {
  kernelName: 'Unpack',
  gradFunc: (dys, _, attributes) => ({
    value: () => stack(listOf(dys), (attributes as unknown as { axis: number }).axis),
  }),
}

const reshaped = (dy: Tensor, _: unknown, shape: readonly number[]) => reshape(dy, [...shape])

/** Operations that move numbers, or repeat them. */
export const movementGradients: readonly GradConfig[] = [
  linear<{ blockShape: number[]; crops: number[][] }>('BatchToSpaceND', (dy, { blockShape, crops }) =>
    spaceToBatchND(dy, blockShape, crops),
  ),
  linear('BroadcastTo', (dy, _, shape) => sumTo(dy, shape)),
  castGradient,
  concatGradient,
  linear('DepthToSpace', depthToSpaceGradient),
  linear('ExpandDims', reshaped, 'input'),
  linear('FlipLeftRight', (dy) => reverse(dy, 2), 'image'),
  linear('Identity', float),
  packGradient,
  linear('Reshape', reshaped),
  linear<{ dims: number | number[] }>('Reverse', (dy, { dims }) => reverse(dy, dims)),
  linear<{ blockShape: number[]; paddings: number[][] }>('SpaceToBatchND', (dy, { blockShape, paddings }) =>
    batchToSpaceND(dy, blockShape, paddings),
  ),
  splitGradient,
  linear('Tile', tileGradient),
  linear<{ perm: number[] }>('Transpose', (dy, { perm }) =>
    transpose(
      dy,
      perm.map((_, axis) => perm.indexOf(axis)),
    ),
  ),
  unpackGradient,
]
