import {
  add,
  conv2d,
  conv2dTranspose,
  matMul,
  mul,
  reshape,
  rsqrt,
  square,
  sum,
  type Tensor,
  type Tensor2D,
  type Tensor4D,
  transpose,
} from '@tensorflow/tfjs-core'
import { upfirdn2d } from './upfirdn2d.ts'

/** Keeps the root finite where a style is 0 everywhere; of the authors' code. */
const TINY = 1e-8

/**
 * The spread of each output of a convolution whose input channels are scaled by a style, [batch, outputs]: 1/√(Σ (w·s)² + 1e-8) over all
 * that an output is a sum of (Karras et al. 2020, equation 3).
 *
 * @param kernel [height, width, inputs, outputs]
 * @param styles [batch, inputs]
 */
export function demodulation(kernel: Tensor, styles: Tensor): Tensor {
  const energies = sum(square(kernel), [0, 1]) as Tensor2D
  return rsqrt(add(matMul(square(styles) as Tensor2D, energies), TINY))
}

/**
 * A convolution whose kernel is another for every sample: its input channels scaled by the sample's style and, with `demodulate`, every
 * output brought back to unit spread (Karras et al. 2020, equations 1 and 3).
 *
 * Scaling a kernel's input channels is scaling the image's channels, and scaling its outputs is scaling those of the result: so one
 * convolution with one kernel serves the batch, in whichever form the compiler has that is fast.
 *
 * @param images [batch, height, width, inputs]
 * @param kernel [side, side, inputs, outputs], of an odd side
 * @param styles [batch, inputs]
 * @param gain of the result
 * @param up twice as many pixels a side: a transposed convolution, then the authors' filter, which cuts what it has too many
 */
export function modulatedConvolution(
  images: Tensor,
  kernel: Tensor,
  styles: Tensor,
  { demodulate = true, gain = 1, up = false }: { demodulate?: boolean; gain?: number; up?: boolean } = {},
): Tensor {
  const scaled = mul(images, ofChannels(styles))
  const made = up ? enlargingConvolution(scaled, kernel) : conv2d(scaled as Tensor4D, kernel as Tensor4D, 1, 'same')
  if (!demodulate) return gain === 1 ? made : mul(made, gain)
  return mul(made, ofChannels(mul(demodulation(kernel, styles), gain)))
}

/**
 * A convolution to twice as many pixels a side, of the same brightness: transposed, then filtered (Karras et al. 2019, section 2), so that
 * no grid of two pixels shows.
 *
 * @param kernel [side, side, inputs, outputs], of an odd side up to 5
 */
export function enlargingConvolution(images: Tensor, kernel: Tensor): Tensor {
  const [batch, height, width] = images.shape as [number, number, number]
  const [side, , , outputs] = kernel.shape as [number, number, number, number]
  const after = (length: number) => (length - 1) * 2 + side
  const spread = conv2dTranspose(
    images as Tensor4D,
    transpose(kernel, [0, 1, 3, 2]) as Tensor4D,
    [batch, after(height), after(width), outputs],
    2,
    'valid',
  )
  const border = 2 - (side - 1) / 2
  return upfirdn2d(spread, { padding: [border, border], gain: 2 })
}

/** [batch, channels] beside images. */
function ofChannels(values: Tensor): Tensor {
  return reshape(values, [-1, 1, 1, values.shape[1]!])
}
