// Trained state → the arrays of the shipped graph: batch normalization folded into the convolutions, rounded to float16.
import { CONVOLUTIONS, EPSILON } from './network.mjs'

/**
 * @param {import('@gantry/core').State} state
 * @returns {{ name: string, shape: number[], data: Float64Array }[]} in the order in which the file holds them: kernels
 * [filters, channels, height, width] with a bias each, then the classifier [features, classes] with its bias
 */
export function foldedWeights(state) {
  const folded = []
  for (const index of CONVOLUTIONS.keys()) {
    const kernel = state[`conv2d_${index + 1}/kernel`]
    const normalization = `batch_normalization_${index + 1}`
    const [gamma, beta, mean, variance] = ['gamma', 'beta', 'moving_mean', 'moving_variance'].map(
      (name) => state[`${normalization}/${name}`].data,
    )
    const [height, width, channels, filters] = kernel.shape
    const places = height * width
    const data = new Float64Array(kernel.data.length)
    for (let filter = 0; filter < filters; filter++) {
      const scale = gamma[filter] / Math.sqrt(variance[filter] + EPSILON)
      for (let channel = 0; channel < channels; channel++) {
        for (let place = 0; place < places; place++) {
          const source = (place * channels + channel) * filters + filter
          data[(filter * channels + channel) * places + place] = kernel.data[source] * scale
        }
      }
    }
    const bias = Float64Array.from(
      beta,
      (shift, filter) => shift - (mean[filter] * gamma[filter]) / Math.sqrt(variance[filter] + EPSILON),
    )
    folded.push({ name: `conv_${index + 1}/kernel`, shape: [filters, channels, height, width], data })
    folded.push({ name: `conv_${index + 1}/bias`, shape: [filters], data: bias })
  }
  for (const name of ['kernel', 'bias']) {
    const { shape, data } = state[`dense_1/${name}`]
    folded.push({ name: `dense/${name}`, shape: [...shape], data: Float64Array.from(data) })
  }
  return folded
}

/** IEEE 754 half precision, rounded to nearest even: the bits of one number. */
function halfBits(value) {
  const sign = value < 0 || Object.is(value, -0) ? 0x8000 : 0
  const magnitude = Math.abs(value)
  if (!(magnitude < 65520)) throw new RangeError(`${value} has no half-precision neighbour`)
  // Multiples of the step that half precision has at this magnitude; numbers below 2⁻¹⁴ share one step.
  const exponent = Math.max(-14, Math.floor(Math.log2(magnitude || 1e-30)))
  const steps = magnitude / 2 ** (exponent - 10)
  const low = Math.floor(steps)
  const rest = steps - low
  const rounded = low + (rest > 0.5 || (rest === 0.5 && low % 2 === 1) ? 1 : 0)
  // A subnormal has exponent 0 and no hidden bit; carrying into the exponent is what rounding up shall do.
  return sign + (exponent === -14 ? 0 : (exponent + 14) * 1024) + rounded
}

/** All arrays one after the other as little-endian float16. */
export function encodeHalf(arrays) {
  const values = arrays.flatMap(({ data }) => [...data])
  const bytes = Buffer.alloc(2 * values.length)
  for (const [index, value] of values.entries()) bytes.writeUInt16LE(halfBits(value), 2 * index)
  return bytes
}
