import * as tf from '@tensorflow/tfjs-core'
import { type GradientCase, type Input, input } from './gradient-case.ts'
import { combined } from './reference.ts'

type Function = (x: number) => number

function unary(name: string, draw: Input['draw'], compute: (x: tf.Tensor) => tf.Tensor, f: Function): GradientCase {
  return { name, inputs: [input([2, 3], draw)], compute: (x) => compute(x!), reference: (x) => x!.map(f) }
}

/** Abramowitz and Stegun 7.1.5: the series of erf, exact to float64 for small arguments. */
function erf(x: number): number {
  let [sum, term] = [x, x]
  for (let n = 1; n < 60; n++) {
    term *= -(x * x) / n
    sum += term / (2 * n + 1)
  }
  return (2 / Math.sqrt(Math.PI)) * sum
}

const sigmoid: Function = (x) => 1 / (1 + Math.exp(-x))
const [scale, alpha] = [1.0507009873554805, 1.6732632423543772]

export const elementwiseCases: readonly GradientCase[] = [
  unary('abs', 'any', tf.abs, Math.abs),
  unary('acos', 'inside', tf.acos, Math.acos),
  unary('acosh', 'aboveOne', tf.acosh, Math.acosh),
  unary('asin', 'inside', tf.asin, Math.asin),
  unary('asinh', 'any', tf.asinh, Math.asinh),
  unary('atan', 'any', tf.atan, Math.atan),
  unary('atanh', 'inside', tf.atanh, Math.atanh),
  unary(
    'cast to integers',
    'any',
    (x) => tf.mul(x, tf.cast(tf.cast(x, 'int32'), 'float32')),
    (x) => x * Math.trunc(x),
  ),
  unary(
    'clip',
    'wide',
    (x) => tf.clipByValue(tf.square(x), 2, 9),
    (x) => Math.min(9, Math.max(2, x * x)),
  ),
  unary('cos', 'any', tf.cos, Math.cos),
  unary('cosh', 'any', tf.cosh, Math.cosh),
  unary('elu', 'any', tf.elu, (x) => (x > 0 ? x : Math.expm1(x))),
  unary('erf', 'any', tf.erf, erf),
  unary('exp', 'any', tf.exp, Math.exp),
  unary('expm1', 'any', tf.expm1, Math.expm1),
  unary(
    'floor',
    'any',
    (x) => tf.mul(tf.floor(tf.mul(x, 2)), x),
    (x) => Math.floor(2 * x) * x,
  ),
  unary(
    'leaky relu',
    'any',
    (x) => tf.leakyRelu(x, 0.2),
    (x) => (x > 0 ? x : 0.2 * x),
  ),
  unary('log', 'positive', tf.log, Math.log),
  unary('log1p', 'positive', tf.log1p, Math.log1p),
  unary('log sigmoid', 'any', tf.logSigmoid, (x) => Math.log(sigmoid(x))),
  unary('negative', 'any', tf.neg, (x) => -x),
  unary('reciprocal', 'any', tf.reciprocal, (x) => 1 / x),
  unary('relu', 'any', tf.relu, (x) => Math.max(0, x)),
  unary('relu6', 'wide', tf.relu6, (x) => Math.min(6, Math.max(0, x))),
  unary('rsqrt', 'positive', tf.rsqrt, (x) => 1 / Math.sqrt(x)),
  unary('selu', 'any', tf.selu, (x) => scale * (x > 0 ? x : alpha * Math.expm1(x))),
  unary('sigmoid', 'any', tf.sigmoid, sigmoid),
  unary(
    'sign',
    'any',
    (x) => tf.mul(tf.sign(x), tf.square(x)),
    (x) => Math.sign(x) * x * x,
  ),
  unary('sin', 'any', tf.sin, Math.sin),
  unary('sinh', 'any', tf.sinh, Math.sinh),
  unary('softplus', 'any', tf.softplus, (x) => Math.log1p(Math.exp(x))),
  unary('sqrt', 'positive', tf.sqrt, Math.sqrt),
  unary('square', 'any', tf.square, (x) => x * x),
  unary(
    'step',
    'any',
    (x) => tf.mul(tf.step(x, 0.3), tf.square(x)),
    (x) => (x > 0 ? 1 : 0.3) * x * x,
  ),
  unary('tan', 'inside', tf.tan, Math.tan),
  unary('tanh', 'any', tf.tanh, Math.tanh),
]

function binary(
  name: string,
  draw: Input['draw'],
  compute: (a: tf.Tensor, b: tf.Tensor) => tf.Tensor,
  f: (a: number, b: number) => number,
): GradientCase[] {
  const shapes = [
    [[2, 3], [3]],
    [
      [2, 1, 3],
      [1, 2, 1],
    ],
    [[], [2, 2]],
    [
      [2, 1, 1, 2, 1, 2],
      [2, 1, 1, 2, 1],
    ],
  ] as const
  return shapes.map(([a, b]) => ({
    name: `${name} of [${a}] and [${b}]`,
    inputs: [input(a, draw), input(b, draw)],
    compute: (x, y) => compute(x!, y!),
    reference: (x, y) => combined(a, b, f)(x!, y!),
  }))
}

export const arithmeticCases: readonly GradientCase[] = [
  ...binary('sum', 'any', tf.add, (a, b) => a + b),
  ...binary('difference', 'any', tf.sub, (a, b) => a - b),
  ...binary('product', 'any', tf.mul, (a, b) => a * b),
  ...binary('quotient', 'any', tf.div, (a, b) => a / b),
  ...binary(
    'floored quotient',
    'aboveOne',
    (a, b) => tf.mul(tf.floorDiv(a, b), a),
    (a, b) => Math.floor(a / b) * a,
  ),
  ...binary(
    'maximum',
    'distinct',
    (a, b) => tf.maximum(a, tf.mul(b, 1.3)),
    (a, b) => Math.max(a, 1.3 * b),
  ),
  ...binary(
    'minimum',
    'distinct',
    (a, b) => tf.minimum(a, tf.mul(b, 1.3)),
    (a, b) => Math.min(a, 1.3 * b),
  ),
  ...binary('remainder', 'aboveOne', tf.mod, (a, b) => a % b),
  ...binary('power', 'positive', tf.pow, (a, b) => a ** b),
  ...binary('squared difference', 'any', tf.squaredDifference, (a, b) => (a - b) ** 2),
  ...binary('atan2', 'any', tf.atan2, Math.atan2),
  ...binary(
    'where',
    'any',
    (a, b) => tf.where(tf.greater(a, b), tf.mul(a, b), tf.square(b)),
    (a, b) => (a > b ? a * b : b * b),
  ),
  ...[0, 1, 2, 3].map(
    (exponent): GradientCase => ({
      name: `power ${exponent} of zero and negative numbers`,
      inputs: [input([2, 3])],
      compute: (x) => tf.pow(tf.mul(x!, tf.tensor1d([0, 1, 1])), exponent),
      reference: (x) => x!.map((value, place) => (place % 3 === 0 ? 0 : value) ** exponent),
    }),
  ),
  {
    name: 'sum of several',
    inputs: [input([2, 2]), input([2, 2]), input([2, 2])],
    compute: (a, b, c) => tf.addN([a!, b!, a!, c!]),
    reference: (a, b, c) => a!.map((value, place) => 2 * value + b![place]! + c![place]!),
  },
  {
    name: 'prelu',
    inputs: [input([2, 2, 3]), input([3])],
    compute: (x, slopes) => tf.prelu(x!, slopes!),
    reference: (x, slopes) => x!.map((value, place) => (value > 0 ? value : slopes![place % 3]! * value)),
  },
]
