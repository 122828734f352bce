import * as tf from '@tensorflow/tfjs-core'

/** φ with its first two derivatives in float64, and as a program of TF.js. */
export interface Activation {
  readonly compute: (x: tf.Tensor) => tf.Tensor
  readonly slope: (x: number) => number
  readonly curvature: (x: number) => number
}

const { exp, tanh, sqrt, PI } = Math
const zero = () => 0
const sigmoid = (x: number) => 1 / (1 + exp(-x))
const sigmoidSlope = (x: number) => sigmoid(x) * (1 - sigmoid(x))
const sigmoidCurvature = (x: number) => sigmoidSlope(x) * (1 - 2 * sigmoid(x))
const softplus = (x: number) => Math.log1p(exp(x))
const sech2 = (x: number) => 1 - tanh(x) ** 2
const bell = (x: number) => exp((-x * x) / 2) / sqrt(2 * PI)

/** Share of the normal distribution below x, by Simpson's rule over the bell. */
function normalShare(x: number): number {
  const [steps, low] = [2000, -12]
  const width = (x - low) / steps
  let sum = bell(low) + bell(x)
  for (let step = 1; step < steps; step++) sum += (step % 2 === 1 ? 4 : 2) * bell(low + step * width)
  return (sum * width) / 3
}

const [seluScale, seluAlpha] = [1.0507009873554805, 1.6732632423543772]

export const activations: Readonly<Record<string, Activation>> = {
  elu: { compute: tf.elu, slope: (x) => (x > 0 ? 1 : exp(x)), curvature: (x) => (x > 0 ? 0 : exp(x)) },
  erf: {
    compute: tf.erf,
    slope: (x) => (2 / sqrt(PI)) * exp(-x * x),
    curvature: (x) => (-4 / sqrt(PI)) * x * exp(-x * x),
  },
  gelu: {
    compute: (x) => tf.mul(tf.mul(x, 0.5), tf.add(tf.erf(tf.div(x, Math.SQRT2)), 1)),
    slope: (x) => normalShare(x) + x * bell(x),
    curvature: (x) => (2 - x * x) * bell(x),
  },
  'leaky relu': { compute: (x) => tf.leakyRelu(x, 0.2), slope: (x) => (x > 0 ? 1 : 0.2), curvature: zero },
  'log softmax': {
    // Of x and zero: -softplus(-x).
    compute: (x) => {
      const pair = tf.stack([x, tf.zerosLike(x)], -1)
      return tf.squeeze(tf.slice(tf.logSoftmax(pair), x.shape.map(() => 0).concat(0), [...x.shape, 1]), [-1])
    },
    slope: (x) => sigmoid(-x),
    curvature: (x) => -sigmoidSlope(x),
  },
  mish: {
    compute: (x) => tf.mul(x, tf.tanh(tf.softplus(x))),
    slope: (x) => tanh(softplus(x)) + x * sech2(softplus(x)) * sigmoid(x),
    curvature: (x) => {
      const bend = sech2(softplus(x))
      const inner = sigmoidSlope(x) - 2 * tanh(softplus(x)) * sigmoid(x) ** 2
      return 2 * bend * sigmoid(x) + x * bend * inner
    },
  },
  prelu: { compute: (x) => tf.prelu(x, tf.scalar(0.3)), slope: (x) => (x > 0 ? 1 : 0.3), curvature: zero },
  relu: { compute: tf.relu, slope: (x) => (x > 0 ? 1 : 0), curvature: zero },
  relu6: { compute: tf.relu6, slope: (x) => (x > 0 && x < 6 ? 1 : 0), curvature: zero },
  selu: {
    compute: tf.selu,
    slope: (x) => seluScale * (x > 0 ? 1 : seluAlpha * exp(x)),
    curvature: (x) => (x > 0 ? 0 : seluScale * seluAlpha * exp(x)),
  },
  sigmoid: { compute: tf.sigmoid, slope: sigmoidSlope, curvature: sigmoidCurvature },
  sine: { compute: tf.sin, slope: Math.cos, curvature: (x) => -Math.sin(x) },
  softmax: {
    // Of x and zero: the sigmoid.
    compute: (x) => {
      const pair = tf.softmax(tf.stack([x, tf.zerosLike(x)], -1))
      return tf.squeeze(tf.slice(pair, x.shape.map(() => 0).concat(0), [...x.shape, 1]), [-1])
    },
    slope: sigmoidSlope,
    curvature: sigmoidCurvature,
  },
  softplus: { compute: tf.softplus, slope: sigmoid, curvature: sigmoidSlope },
  softsign: {
    compute: (x) => tf.div(x, tf.add(tf.abs(x), 1)),
    slope: (x) => 1 / (1 + Math.abs(x)) ** 2,
    curvature: (x) => (-2 * Math.sign(x)) / (1 + Math.abs(x)) ** 3,
  },
  swish: {
    compute: (x) => tf.mul(x, tf.sigmoid(x)),
    slope: (x) => sigmoid(x) + x * sigmoidSlope(x),
    curvature: (x) => 2 * sigmoidSlope(x) + x * sigmoidCurvature(x),
  },
  tanh: { compute: tf.tanh, slope: sech2, curvature: (x) => -2 * tanh(x) * sech2(x) },
}
