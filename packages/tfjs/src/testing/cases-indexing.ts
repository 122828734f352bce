import * as tf from '@tensorflow/tfjs-core'
import { move } from './cases-movement.ts'
import { type GradientCase, input } from './gradient-case.ts'
import { moved, placesOf, type Shape, sizeOf } from './reference.ts'

const indices = {
  rank1: [2, 0, 2, 1],
  rank2: [
    [1, 0, 1],
    [2, 2, 0],
  ],
}

function gathering(axis: number, shape: Shape): GradientCase {
  return {
    name: `gather along ${axis}`,
    inputs: [input(shape)],
    compute: (x) => tf.gather(x!, tf.tensor2d(indices.rank2, [2, 3], 'int32'), axis),
    reference: (x) => {
      const newShape = [...shape.slice(0, axis), 2, 3, ...shape.slice(axis + 1)]
      return moved(x!, shape, newShape, (place) => [
        ...place.slice(0, axis),
        indices.rank2[place[axis]!]![place[axis + 1]!]!,
        ...place.slice(axis + 2),
      ])
    },
  }
}

export const indexingCases: readonly GradientCase[] = [
  gathering(0, [3, 2]),
  gathering(1, [2, 3, 2]),
  gathering(2, [2, 2, 3]),
  gathering(0, [3]),
  move(
    'gather by batch',
    [2, 2, 3],
    [2, 2, 3],
    (x) => tf.gather(x, tf.tensor2d(indices.rank2, [2, 3], 'int32'), 2, 1),
    ([n, a, b]) => [n!, a!, indices.rank2[n!]![b!]!],
  ),
  move(
    'gather of a single row',
    [1, 3],
    [4, 3],
    (x) => tf.gather(x, tf.tensor1d([0, 0, 0, 0], 'int32')),
    ([, b]) => [0, b!],
  ),
  move(
    'gather by places',
    [3, 4],
    [3],
    (x) =>
      tf.gatherND(
        x,
        tf.tensor2d(
          [
            [2, 1],
            [0, 3],
            [2, 1],
          ],
          [3, 2],
          'int32',
        ),
      ),
    ([a]) =>
      [
        [2, 1],
        [0, 3],
        [2, 1],
      ][a!],
  ),
  {
    name: 'scatter',
    inputs: [input([4, 2])],
    compute: (x) => tf.scatterND(tf.tensor2d(indices.rank1, [4, 1], 'int32'), x!, [5, 2]),
    reference: (x) => {
      const y = new Float64Array(10)
      for (const [place, value] of x!.entries()) y[indices.rank1[place >> 1]! * 2 + (place % 2)]! += value
      return y
    },
  },
  {
    // TF.js's kernel writes into its input, which therefore must not be the case's own.
    name: 'scattered update',
    inputs: [input([4, 2]), input([2, 2])],
    compute: (x, updates) => tf.tensorScatterUpdate(tf.add(x!, 0), tf.tensor2d([[3], [1]], [2, 1], 'int32'), updates!),
    reference: (x, updates) => [x![0]!, x![1]!, updates![2]!, updates![3]!, x![4]!, x![5]!, updates![0]!, updates![1]!],
  },
  {
    name: 'segment sum with a dropped row',
    inputs: [input([4, 2])],
    compute: (x) => tf.unsortedSegmentSum(x!, tf.tensor1d([1, -1, 0, 1], 'int32'), 3),
    reference: (x) => [x![4]!, x![5]!, x![0]! + x![6]!, x![1]! + x![7]!, 0, 0],
  },
  {
    name: 'largest two',
    inputs: [input([2, 5], 'distinct')],
    compute: (x) => tf.topk(x!, 2).values,
    reference: (x) => [0, 5].flatMap((row) => [...x!.slice(row, row + 5)].sort((a, b) => b - a).slice(0, 2)),
  },
  {
    name: 'diagonal',
    inputs: [input([3])],
    compute: (x) => tf.diag(x!),
    reference: (x) => placesOf([3, 3]).map(([a, b]) => (a === b ? x![a!]! : 0)),
  },
]

function product(name: string, a: Shape, b: Shape, transposeA: boolean, transposeB: boolean): GradientCase {
  const [rows, inner] = transposeA ? [a.at(-1)!, a.at(-2)!] : [a.at(-2)!, a.at(-1)!]
  const columns = transposeB ? b.at(-2)! : b.at(-1)!
  const stack = Math.max(sizeOf(a.slice(0, -2)), sizeOf(b.slice(0, -2)))
  return {
    name: `${name} of [${a}]${transposeA ? ' transposed' : ''} and [${b}]${transposeB ? ' transposed' : ''}`,
    inputs: [input(a), input(b)],
    compute: (x, y) =>
      name === 'fused dense'
        ? tf.fused.matMul({ a: x!, b: y!, transposeA, transposeB })
        : tf.matMul(x!, y!, transposeA, transposeB),
    reference: (x, y) =>
      placesOf([stack, rows, columns]).map(([n, i, j]) => {
        let sum = 0
        for (let k = 0; k < inner; k++) {
          const left = transposeA ? k * rows + i! : i! * inner + k
          const right = transposeB ? j! * inner + k : k * columns + j!
          sum += x![((n! * rows * inner) % x!.length) + left]! * y![((n! * inner * columns) % y!.length) + right]!
        }
        return sum
      }),
  }
}

const sides = [false, true].flatMap((left) => [false, true].map((right) => [left, right] as const))

export const linearAlgebraCases: readonly GradientCase[] = [
  ...sides.map(([left, right]) => product('product', left ? [3, 2] : [2, 3], right ? [4, 3] : [3, 4], left, right)),
  ...sides.map(([left, right]) => product('fused dense', left ? [3, 2] : [2, 3], right ? [4, 3] : [3, 4], left, right)),
  ...sides.map(([left, right]) =>
    product('product', left ? [2, 3, 2] : [2, 2, 3], right ? [1, 4, 3] : [1, 3, 4], left, right),
  ),
  product('product', [1, 2, 3], [2, 3, 2], false, false),
  {
    name: 'einsum abc,bd->da',
    inputs: [input([2, 3, 2]), input([3, 2])],
    compute: (a, b) => tf.einsum('abc,bd->da', a!, b!),
    reference: (a, b) =>
      placesOf([2, 2]).map(([d, i]) =>
        placesOf([3, 2]).reduce((sum, [j, c]) => sum + a![(i! * 3 + j!) * 2 + c!]! * b![j! * 2 + d!]!, 0),
      ),
  },
  {
    name: 'einsum ab->b',
    inputs: [input([2, 3])],
    compute: (a) => tf.einsum('ab->b', a!),
    reference: (a) => [0, 1, 2].map((place) => a![place]! + a![place + 3]!),
  },
]
