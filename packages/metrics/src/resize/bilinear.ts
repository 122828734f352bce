import type { Taps } from '@gantry/core'

/** Two neighbours an output, weighted by where `positionOf` puts it between them, in float32 as the references do. */
function linearTaps(inputs: number, outputs: number, positionOf: (output: number, scale: number) => number): Taps {
  const scale = Math.fround(inputs / outputs)
  const starts = new Int32Array(outputs)
  const weights = new Float64Array(outputs * 2)
  for (let output = 0; output < outputs; output++) {
    const position = positionOf(output, scale)
    const start = Math.min(Math.floor(position), inputs - 1)
    const fraction = start + 1 < inputs ? Math.fround(position - start) : 0
    starts[output] = start
    weights[output * 2] = Math.fround(1 - fraction)
    weights[output * 2 + 1] = fraction
  }
  return { inputs, outputs, starts, width: 2, weights }
}

/**
 * `tf.image.resize_bilinear` of TensorFlow 1 with its default arguments, which FID is defined by: pixels have no centres,
 * so output i reads input i·in/out, and nothing smooths what is made smaller.
 */
export function tf1BilinearTaps(inputs: number, outputs: number): Taps {
  return linearTaps(inputs, outputs, (output, scale) => Math.fround(output * scale))
}

/**
 * `torch.nn.functional.interpolate(mode='bilinear', align_corners=False)`: pixels have centres.
 *
 * PyTorch rounds the scale to float32 and the fraction, but not the position between them.
 */
export function halfPixelBilinearTaps(inputs: number, outputs: number): Taps {
  return linearTaps(inputs, outputs, (output, scale) => Math.max(0, scale * (output + 0.5) - 0.5))
}
