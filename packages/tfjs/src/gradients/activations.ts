import {
  add,
  elu,
  type GradConfig,
  greater,
  leakyRelu,
  lessEqual,
  logicalAnd,
  mul,
  relu,
  selu,
  sigmoid,
  square,
  step,
  sub,
  type Tensor,
  tanh,
  where,
} from '@tensorflow/tfjs-core'
import { float, sumTo, unary, zerosOf } from './gradient.ts'

// Klambauer et al. 2017, "Self-Normalizing Neural Networks": λ and λ·α, as TF.js writes them.
const SELU_SCALE = 1.0507009873554805
const SELU_SCALE_ALPHA = 1.7580993408473768

/** dy where x is positive, and its other side elsewhere. */
const split = (x: Tensor, positive: Tensor, other: Tensor) => where(greater(x, 0), positive, other)

/** The learned slope of each channel also gets a gradient. */
const preluGradient: GradConfig = {
  kernelName: 'Prelu',
  inputsToSave: ['x', 'alpha'],
  gradFunc: (gradient, saved) => {
    const dy = gradient as Tensor
    const [x, alpha] = saved.map(float) as [Tensor, Tensor]
    return {
      x: () => split(x, dy, mul(dy, alpha)),
      alpha: () => sumTo(split(x, zerosOf(x), mul(dy, x)), alpha.shape),
    }
  },
}

/**
 * dy times the slope: 1 where x is positive, `alpha` elsewhere. The activation has the sign of x, and so the gradient needs x
 * itself no more: a compiled graph computes the activation once, and the runtime can make it part of the convolution before.
 */
const slope = (dy: Tensor, activation: Tensor, alpha: number) => mul(dy, step(activation, alpha))

/**
 * The bent halves are written with the activation itself: where x is large, exp(x) would overflow there, and the second
 * derivative be zero times infinity; and a compiled graph computes the activation only once.
 */
export const activationGradients: readonly GradConfig[] = [
  unary('Elu', (dy, x) => split(x, dy, mul(dy, add(elu(x), 1)))),
  unary<{ alpha: number }>('LeakyRelu', (dy, x, { alpha }) => slope(dy, alpha > 0 ? leakyRelu(x, alpha) : x, alpha)),
  preluGradient,
  unary('Relu', (dy, x) => slope(dy, relu(x), 0)),
  unary('Relu6', (dy, x) => where(logicalAnd(greater(x, 0), lessEqual(x, 6)), dy, zerosOf(x))),
  unary('Selu', (dy, x) => split(x, mul(dy, SELU_SCALE), mul(dy, add(selu(x), SELU_SCALE_ALPHA)))),
  unary('Sigmoid', (dy, x) => {
    const y = sigmoid(x)
    return mul(dy, mul(y, sub(1, y)))
  }),
  unary('Softplus', (dy, x) => mul(dy, sigmoid(x))),
  unary('Tanh', (dy, x) => mul(dy, sub(1, square(tanh(x))))),
]
