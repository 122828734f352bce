import type { Recording } from '../../recording/recording.ts'
import { dtypeOf } from '../kernel.ts'
import type { Window } from '../window.ts'
import type { BilinearAlgorithm } from './algorithms/bilinear-algorithm.ts'
import { spaceFirst } from './as-matrices.ts'
import type { ConvolutionForm } from './convolution-form.ts'
import { TransformedConvolution } from './transformed-convolution.ts'

/** Numbers of a transformed image that may be there at a time: 64 MB of float32. */
const LARGEST = 2 ** 24

/** A convolution of images by a bilinear algorithm: products of small matrices, and fewer of them. */
export function transformedForm(algorithm: BilinearAlgorithm, largest = LARGEST): ConvolutionForm {
  const transformed = (recording: Recording, { axes, batch, inChannels, outChannels }: Window) => {
    const [height, width] = axes as [Window['axes'][0], Window['axes'][0]]
    const input = { height: height.input, width: width.input, batch, channels: inChannels }
    return new TransformedConvolution(recording, algorithm, input, outChannels, largest)
  }
  return {
    forward(recording, { x, filter, window, attributes }) {
      const order = spaceFirst(attributes)
      const y = transformed(recording, window).forward(recording.place(x, order), recording.place(filter))
      return recording.keep(y, 'float32', window.outShape, order)
    },
    overInput(recording, { dy, filter, window, attributes }) {
      const order = spaceFirst(attributes)
      const dx = transformed(recording, window).overInput(recording.place(dy, order), recording.place(filter))
      return recording.keep(dx, dtypeOf(dy), window.inShape, order)
    },
    overFilter(recording, { x, dy, window, attributes, filterShape }) {
      const order = spaceFirst(attributes)
      const dw = transformed(recording, window).overFilter(recording.place(x, order), recording.place(dy, order))
      return recording.keep(dw, 'float32', filterShape)
    },
  }
}
