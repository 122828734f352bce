import {
  add,
  div,
  equal,
  floor,
  type GradConfig,
  greater,
  greaterEqual,
  less,
  lessEqual,
  log,
  mul,
  neg,
  onesLike,
  pow,
  square,
  sub,
  type Tensor,
  where,
} from '@tensorflow/tfjs-core'
import { binary, float, sumTo, zerosOf } from './gradient.ts'

/** b - 1, but 1 where b is zero: there the factor b makes the derivative of a^b vanish, and 0^-1 must not spoil it. */
const lowered = (b: Tensor) => where(equal(b, 0), onesLike(b), sub(b, 1))

/** The logarithm of positive numbers; zero, with a zero derivative, for others: TensorFlow's convention for pow. */
const logOfPositive = (a: Tensor) => log(where(greater(a, 0), a, onesLike(a)))

const divisionGradient: GradConfig = {
  kernelName: 'RealDiv',
  inputsToSave: ['a', 'b'],
  gradFunc: (gradient, saved) => {
    const dy = gradient as Tensor
    const [a, b] = saved.map(float) as [Tensor, Tensor]
    return {
      a: () => sumTo(div(dy, b), a.shape),
      // Summed first: the divisor is often a scalar or one number a channel.
      b: () => neg(div(sumTo(mul(dy, a), b.shape), square(b))),
    }
  },
}

const addNGradient: GradConfig = {
  kernelName: 'AddN',
  saveAllInputs: true,
  gradFunc: (dy, saved) => Object.fromEntries(saved.map((_, index) => [index, () => (dy as Tensor).clone()])),
}

const selectGradient: GradConfig = {
  kernelName: 'Select',
  inputsToSave: ['condition'],
  gradFunc: (gradient, saved) => {
    const dy = gradient as Tensor
    const condition = saved[0]!
    return {
      condition: () => zerosOf(condition),
      t: () => where(condition, dy, zerosOf(dy)),
      e: () => where(condition, zerosOf(dy), dy),
    }
  },
}

const subtractionGradient: GradConfig = {
  kernelName: 'Sub',
  inputsToSave: ['a', 'b'],
  gradFunc: (gradient, saved) => {
    const dy = gradient as Tensor
    const [a, b] = saved as [Tensor, Tensor]
    return {
      a: () => sumTo(dy, a.shape),
      // Summed first: b is often one number a channel.
      b: () => neg(sumTo(dy, b.shape)),
    }
  },
}

/** Functions of two numbers, broadcast to each other. */
export const arithmeticGradients: readonly GradConfig[] = [
  binary(
    'Add',
    (dy) => dy,
    (dy) => dy,
  ),
  addNGradient,
  binary(
    'Atan2',
    (dy, a, b) => mul(dy, div(b, add(square(a), square(b)))),
    (dy, a, b) => neg(mul(dy, div(a, add(square(a), square(b))))),
  ),
  binary(
    'Maximum',
    (dy, a, b) => where(greaterEqual(a, b), dy, zerosOf(dy)),
    (dy, a, b) => where(less(a, b), dy, zerosOf(dy)),
  ),
  binary(
    'Minimum',
    (dy, a, b) => where(lessEqual(a, b), dy, zerosOf(dy)),
    (dy, a, b) => where(greater(a, b), dy, zerosOf(dy)),
  ),
  binary(
    'Mod',
    (dy) => dy,
    (dy, a, b) => neg(mul(dy, floor(div(a, b)))),
  ),
  binary(
    'Multiply',
    (dy, _, b) => mul(dy, b),
    (dy, a) => mul(dy, a),
  ),
  binary(
    'Pow',
    (dy, a, b) => mul(dy, mul(b, pow(a, lowered(b)))),
    (dy, a, b) => mul(dy, mul(pow(a, b), logOfPositive(a))),
  ),
  divisionGradient,
  selectGradient,
  binary(
    'SquaredDifference',
    // Doubles dy, which is often one number a channel.
    (dy, a, b) => mul(mul(dy, 2), sub(a, b)),
    (dy, a, b) => mul(mul(dy, 2), sub(b, a)),
  ),
  subtractionGradient,
]
