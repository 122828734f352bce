import * as tf from '@tensorflow/tfjs-core'
import { type GradientCase, type Input, input } from './gradient-case.ts'
import { offsetOf, placesOf, rowsOf, type Shape } from './reference.ts'

const total = (row: readonly number[]) => row.reduce((sum, value) => sum + value, 0)
const product = (row: readonly number[]) => row.reduce((result, value) => result * value, 1)
const logSumExp = (row: readonly number[]) => Math.log(total(row.map(Math.exp)))

type Reduce = (x: tf.Tensor, axes?: number | number[], keepDims?: boolean) => tf.Tensor

function reduction(name: string, draw: Input['draw'], compute: Reduce, f: (row: readonly number[]) => number) {
  const everything = [0, 1, 2]
  return [
    { axes: undefined, keepDims: false },
    { axes: 1, keepDims: false },
    { axes: -1, keepDims: true },
    { axes: [0, 2], keepDims: false },
  ].map(({ axes, keepDims }): GradientCase => {
    const reduced = axes === undefined ? everything : [axes].flat().map((axis) => (axis < 0 ? axis + 3 : axis))
    return {
      name: `${name} over ${axes ?? 'everything'}`,
      inputs: [input([2, 3, 2], draw)],
      compute: (x) => compute(x!, axes, keepDims),
      reference: (x) => rowsOf(x!, [2, 3, 2], reduced).map(f),
    }
  })
}

/** Sums or products of what stands before (or behind) each number along an axis. */
function scan(
  name: string,
  compute: typeof tf.cumsum,
  combine: (row: readonly number[]) => number,
  draw: Input['draw'],
): GradientCase[] {
  const shape: Shape = [2, 5, 2]
  return [0, 1, 2].flatMap((axis) =>
    [
      [false, false],
      [true, false],
      [false, true],
      [true, true],
    ].map(
      ([exclusive, reverse]): GradientCase => ({
        name: `${name} along ${axis}${exclusive ? ', exclusive' : ''}${reverse ? ', reverse' : ''}`,
        inputs: [input(shape, draw)],
        compute: (x) => compute(x!, axis, exclusive, reverse),
        reference: (x) =>
          placesOf(shape).map((place) => {
            const counts = Array.from({ length: shape[axis]! }, (_, index) => index).filter((index) => {
              const distance = reverse ? index - place[axis]! : place[axis]! - index
              return exclusive ? distance > 0 : distance >= 0
            })
            return combine(counts.map((index) => x![offsetOf(shape, place.with(axis, index))]!))
          }),
      }),
    ),
  )
}

const softmaxRow = (row: readonly number[]) => row.map((value) => Math.exp(value - logSumExp(row)))
const rowsOfTwo = (x: Float64Array) => rowsOf(x, [2, 4], [1])

const softmaxes: readonly GradientCase[] = [
  {
    name: 'softmax',
    inputs: [input([2, 4])],
    compute: (x) => tf.softmax(x!),
    reference: (x) => rowsOfTwo(x!).flatMap(softmaxRow),
  },
  {
    name: 'log softmax of an intermediate result',
    inputs: [input([2, 4])],
    compute: (x) => tf.logSoftmax(tf.mul(x!, 1.5)),
    reference: (x) => rowsOfTwo(x!.map((value) => 1.5 * value)).flatMap((row) => row.map((v) => v - logSumExp(row))),
  },
  {
    name: 'kernel LogSoftmax',
    inputs: [input([2, 4])],
    compute: (x) => tf.engine().runKernel('LogSoftmax', { logits: x! }, { axis: -1 }),
    reference: (x) => rowsOfTwo(x!).flatMap((row) => row.map((v) => v - logSumExp(row))),
  },
  {
    name: 'softmax cross entropy, labels that do not sum to one',
    inputs: [input([2, 4], 'positive'), input([2, 4])],
    compute: (labels, x) => tf.losses.softmaxCrossEntropy(labels!, tf.mul(x!, 1.5), undefined, 0, tf.Reduction.SUM),
    reference: (labels, x) => {
      const rows = rowsOfTwo(x!.map((value) => 1.5 * value))
      const costs = rowsOfTwo(labels!).map((row, index) =>
        total(row.map((label, place) => -label * (rows[index]![place]! - logSumExp(rows[index]!)))),
      )
      return [total(costs)]
    },
  },
  {
    name: 'sigmoid cross entropy',
    inputs: [input([2, 4], 'positive'), input([2, 4])],
    compute: (labels, x) => tf.losses.sigmoidCrossEntropy(labels!, x!, undefined, 0, tf.Reduction.SUM),
    reference: (labels, x) => [
      total(Array.from(x!, (v, place) => Math.max(v, 0) - v * labels![place]! + Math.log1p(Math.exp(-Math.abs(v))))),
    ],
  },
]

const zeroSecond = (x: tf.Tensor) => tf.mul(x, tf.tensor1d([1, 0, 1, 0]))

export const reductionCases: readonly GradientCase[] = [
  ...reduction('sum', 'any', tf.sum, total),
  ...reduction('mean', 'any', tf.mean, (row) => total(row) / row.length),
  ...reduction('max', 'distinct', tf.max, (row) => Math.max(...row)),
  ...reduction('min', 'distinct', tf.min, (row) => Math.min(...row)),
  ...reduction('product', 'any', tf.prod, product),
  ...reduction('log-sum-exp', 'any', tf.logSumExp, logSumExp),
  ...reduction(
    'norm',
    'any',
    (x, axes, keepDims) => tf.sqrt(tf.sum(tf.square(x), axes, keepDims)),
    (row) => Math.hypot(...row),
  ),
  ...reduction(
    'variance',
    'any',
    (x, axes, keepDims) => tf.moments(x, axes, keepDims).variance,
    (row) => {
      const mean = total(row) / row.length
      return total(row.map((value) => (value - mean) ** 2)) / row.length
    },
  ),
  {
    name: 'tf.norm',
    inputs: [input([2, 3])],
    compute: (x) => tf.norm(x!, 'euclidean', 1),
    reference: (x) => rowsOf(x!, [2, 3], [1]).map((row) => Math.hypot(...row)),
  },
  {
    name: 'product with zeros',
    inputs: [input([2, 4])],
    compute: (x) => tf.prod(tf.sub(x!, tf.mul(tf.tensor1d([0, 1, 0, 0]), 1)), 1),
    reference: (x) => rowsOfTwo(x!).map((row) => product(row.map((value, place) => (place === 1 ? value - 1 : value)))),
  },
  {
    name: 'cumulative product of zeros',
    inputs: [input([2, 4])],
    compute: (x) => tf.cumprod(zeroSecond(x!), 1),
    reference: (x) => rowsOfTwo(x!).flatMap((row) => [row[0]!, 0, 0, 0]),
  },
  ...[[], [2], [2, 2], [2, 1, 2, 2], [1, 2, 1, 2, 1], [2, 1, 2, 1, 2, 1]].map(
    (shape): GradientCase => ({
      name: `mean and largest number of rank ${shape.length}`,
      inputs: [input(shape, 'distinct')],
      compute: (x) => tf.add(tf.mean(tf.exp(x!)), tf.square(tf.max(x!, shape.length > 0 ? [0] : undefined))),
      reference: (x) => {
        const mean = total(Array.from(x!, Math.exp)) / x!.length
        return rowsOf(x!, shape, shape.length > 0 ? [0] : []).map((row) => mean + Math.max(...row) ** 2)
      },
    }),
  ),
  ...scan('cumulative sum', tf.cumsum, total, 'any'),
  ...scan('cumulative product', tf.cumprod, product, 'any'),
  ...softmaxes,
]
