import * as tf from '@tensorflow/tfjs-core'
import { type GradientCase, input } from './gradient-case.ts'
import { moved, offsetOf, placesOf, type Shape } from './reference.ts'

/** An operation of one tensor that only moves numbers: where each number of the result comes from. */
export function move(
  name: string,
  shape: Shape,
  newShape: Shape,
  compute: (x: tf.Tensor) => tf.Tensor,
  pick: (place: readonly number[]) => readonly number[] | undefined,
  blank = 0,
): GradientCase {
  return {
    name,
    inputs: [input(shape)],
    compute: (x) => compute(x!),
    reference: (x) => moved(x!, shape, newShape, pick, blank),
  }
}

/** The place with the same offset in another shape. */
const sameOffset = (shape: Shape, newShape: Shape) => (place: readonly number[]) =>
  placesOf(shape)[offsetOf(newShape, place)]!

const mirror = (index: number, length: number, skip: number) => {
  if (index < 0) return -index - 1 + skip
  return index < length ? index : 2 * length - 1 - skip - index
}

function mirrored(mode: 'reflect' | 'symmetric', paddings: [number, number][], shape: Shape): GradientCase {
  const skip = mode === 'reflect' ? 1 : 0
  return move(
    `${mode} padding by ${JSON.stringify(paddings)}`,
    shape,
    shape.map((length, axis) => length + paddings[axis]![0] + paddings[axis]![1]),
    (x) => tf.mirrorPad(x, paddings as never, mode),
    (place) => place.map((index, axis) => mirror(index - paddings[axis]![0], shape[axis]!, skip)),
  )
}

const inside = (place: readonly number[], shape: Shape) =>
  place.every((index, axis) => index >= 0 && index < shape[axis]!) ? place : undefined

const kernel = (name: string, inputs: object, attributes: object) =>
  tf.engine().runKernel(name, inputs as tf.NamedTensorMap, attributes as never) as tf.Tensor

export const movementCases: readonly GradientCase[] = [
  move('reshape', [2, 6], [3, 4], (x) => tf.reshape(x, [3, 4]), sameOffset([2, 6], [3, 4])),
  move(
    'expanded axes',
    [2, 3],
    [2, 1, 3],
    (x) => tf.expandDims(x, 1),
    ([a, , b]) => [a!, b!],
  ),
  move(
    'transpose',
    [2, 3, 4],
    [4, 2, 3],
    (x) => tf.transpose(x, [2, 0, 1]),
    ([c, a, b]) => [a!, b!, c!],
  ),
  move(
    'transpose of rank 6',
    [2, 1, 2, 1, 2, 1],
    [1, 2, 1, 2, 1, 2],
    (x) => tf.transpose(x, [5, 4, 3, 2, 1, 0]),
    (place) => [...place].reverse(),
  ),
  move(
    'clone',
    [2, 3],
    [2, 3],
    (x) => tf.mul(x.clone(), 1),
    (place) => place,
  ),
  move(
    'broadcast',
    [2, 1, 3],
    [4, 2, 5, 3],
    (x) => tf.broadcastTo(x, [4, 2, 5, 3]),
    ([, a, , b]) => [a!, 0, b!],
  ),
  move(
    'kernel BroadcastTo',
    [2, 1],
    [2, 3],
    (x) => kernel('BroadcastTo', { x }, { shape: [2, 3] }),
    ([a]) => [a!, 0],
  ),
  move(
    'tile',
    [2, 1, 3],
    [4, 3, 3],
    (x) => tf.tile(x, [2, 3, 1]),
    ([a, , b]) => [a! % 2, 0, b!],
  ),
  move(
    'tile of rank 5',
    [1, 2, 1, 2, 1],
    [2, 4, 1, 6, 1],
    (x) => tf.tile(x, [2, 2, 1, 3, 1]),
    ([, a, , b]) => [0, a! % 2, 0, b! % 2, 0],
  ),
  move(
    'reverse',
    [2, 3, 2],
    [2, 3, 2],
    (x) => tf.reverse(x, [0, -2]),
    ([a, b, c]) => [1 - a!, 2 - b!, c!],
  ),
  move(
    'flip left and right',
    [1, 2, 3, 2],
    [1, 2, 3, 2],
    (x) => tf.image.flipLeftRight(x as tf.Tensor4D),
    ([a, b, c, d]) => [a!, b!, 2 - c!, d!],
  ),
  move(
    'depth to space',
    [1, 2, 3, 8],
    [1, 4, 6, 2],
    (x) => tf.depthToSpace(x as tf.Tensor4D, 2, 'NHWC'),
    ([n, h, w, c]) => [n!, h! >> 1, w! >> 1, ((h! % 2) * 2 + (w! % 2)) * 2 + c!],
  ),
  move(
    'space to batch',
    [1, 2, 4, 1],
    [4, 1, 3, 1],
    (x) =>
      tf.spaceToBatchND(
        x,
        [2, 2],
        [
          [0, 0],
          [1, 1],
        ],
      ),
    ([n, h, w, c]) => inside([0, 2 * h! + (n! >> 1), 2 * w! + (n! % 2) - 1, c!], [1, 2, 4, 1]),
  ),
  move(
    'batch to space',
    [4, 1, 3, 1],
    [1, 2, 4, 1],
    (x) =>
      tf.batchToSpaceND(
        x,
        [2, 2],
        [
          [0, 0],
          [1, 1],
        ],
      ),
    ([, h, w, c]) => [(h! % 2) * 2 + ((w! + 1) % 2), h! >> 1, (w! + 1) >> 1, c!],
  ),
  move(
    'slice',
    [3, 4],
    [2, 2],
    (x) => tf.slice(x, [1, 2], [2, 2]),
    ([a, b]) => [a! + 1, b! + 2],
  ),
  move(
    'strided slice',
    [7, 5],
    [3, 2],
    (x) => tf.stridedSlice(x, [1, 4], [7, 0], [2, -3]),
    ([a, b]) => [1 + 2 * a!, 4 - 3 * b!],
  ),
  move(
    'strided slice that drops an axis',
    [4, 5],
    [3],
    (x) => tf.stridedSlice(x, [1, 2], [2, 5], [1, 1], 0, 0, 0, 0, 1),
    ([b]) => [1, 2 + b!],
  ),
  move(
    'padding',
    [2, 3],
    [4, 4],
    (x) =>
      tf.pad(
        x,
        [
          [1, 1],
          [0, 1],
        ],
        0.5,
      ),
    ([a, b]) => inside([a! - 1, b!], [2, 3]),
    0.5,
  ),
  mirrored(
    'reflect',
    [
      [1, 2],
      [2, 0],
    ],
    [3, 4],
  ),
  mirrored(
    'symmetric',
    [
      [1, 2],
      [3, 0],
    ],
    [3, 4],
  ),
  mirrored(
    'reflect',
    [
      [0, 0],
      [1, 1],
      [2, 1],
      [0, 0],
    ],
    [1, 3, 3, 2],
  ),
  {
    name: 'concatenation',
    inputs: [input([2, 1, 2]), input([2, 2, 2])],
    compute: (a, b) => tf.concat([a!, b!, tf.square(a!)], -2),
    reference: (a, b) =>
      placesOf([2, 4, 2]).map(([i, j, k]) => {
        if (j! === 0) return a![i! * 2 + k!]!
        return j === 3 ? a![i! * 2 + k!]! ** 2 : b![(i! * 2 + j! - 1) * 2 + k!]!
      }),
  },
  {
    name: 'stack and split',
    inputs: [input([2, 4]), input([2, 4])],
    compute: (a, b) => {
      const [left, right] = tf.split(tf.stack([a!, b!], 1), [1, 3], -1)
      return tf.mul(left!, right!)
    },
    reference: (a, b) =>
      placesOf([2, 2, 3]).map(([i, j, k]) => [a!, b!][j!]![i! * 4]! * [a!, b!][j!]![i! * 4 + k! + 1]!),
  },
  {
    name: 'unstack',
    inputs: [input([2, 3])],
    compute: (x) => {
      const [first, , third] = tf.unstack(x!, 1)
      return tf.mul(first!, tf.sub(third!, tf.unstack(tf.slice(x!, [0, 1], [2, 1]), 1)[0]!))
    },
    reference: (x) => [0, 3].map((row) => x![row]! * (x![row + 2]! - x![row + 1]!)),
  },
]
