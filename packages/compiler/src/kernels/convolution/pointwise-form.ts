import { attribute } from '@gantry/onnx'
import type { TensorInfo } from '@tensorflow/tfjs-core'
import type { Recording } from '../../recording/recording.ts'
import { dtypeOf } from '../kernel.ts'
import type { WindowAttributes } from '../window.ts'
import type { ConvolutionForm } from './convolution-form.ts'
import { spaceFirst } from './space-first.ts'

/** Images as a matrix: a row for each pixel, a column for each channel. */
function pixels(recording: Recording, image: TensorInfo, channels: number, attributes: WindowAttributes): string {
  return recording.node('Reshape', [recording.place(image, spaceFirst(attributes)), recording.integers([-1, channels])])
}

/** A kernel as a matrix. */
function matrixOf(recording: Recording, filter: TensorInfo): string {
  return recording.node('Reshape', [recording.place(filter), recording.integers(filter.shape.slice(-2))])
}

/** A kernel of one pixel with stride 1 is a product of matrices as it stands. */
export const pointwiseForm: ConvolutionForm = {
  forward(recording, { x, filter, window, attributes }) {
    const order = spaceFirst(attributes)
    const y = recording.node('Gemm', [pixels(recording, x, window.inChannels, attributes), matrixOf(recording, filter)])
    return recording.keepReshaped(y, 'float32', window.outShape, order)
  },
  overInput(recording, { dy, filter, window, attributes }) {
    const order = spaceFirst(attributes)
    const dx = recording.node(
      'Gemm',
      [pixels(recording, dy, window.outChannels, attributes), matrixOf(recording, filter)],
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
