import { attribute } from '@gantry/onnx'
import { dtypeOf } from '../kernel.ts'
import { columnsOfOutputs, pixels, spaceFirst } from './as-matrices.ts'
import type { ConvolutionForm } from './convolution-form.ts'

/** A kernel of one pixel with stride 1 is a product of matrices as it stands. */
export const pointwiseForm: ConvolutionForm = {
  forward(recording, { x, filter, window, attributes }) {
    const order = spaceFirst(attributes)
    const y = recording.node('Gemm', [
      pixels(recording, x, window.inChannels, attributes),
      columnsOfOutputs(recording, filter),
    ])
    return recording.keepReshaped(y, 'float32', window.outShape, order)
  },
  overInput(recording, { dy, filter, window, attributes }) {
    const order = spaceFirst(attributes)
    const dx = recording.node(
      'Gemm',
      [pixels(recording, dy, window.outChannels, attributes), columnsOfOutputs(recording, filter)],
      { transB: attribute.int(1) },
    )
    return recording.keepReshaped(dx, dtypeOf(dy), window.inShape, order)
  },
  overFilter(recording, { x, dy, window, attributes, filterShape }) {
    const dw = recording.node(
      'Gemm',
      [pixels(recording, x, window.inChannels, attributes), pixels(recording, dy, window.outChannels, attributes)],
      { transA: attribute.int(1) },
    )
    return recording.keepReshaped(dw, 'float32', filterShape)
  },
}
