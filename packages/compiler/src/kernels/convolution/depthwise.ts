import type { TensorInfo } from '@tensorflow/tfjs-core'
import type { Recording } from '../../recording/recording.ts'
import { dtypeOf, type KernelInputs, type KernelTable } from '../kernel.ts'
import { along, convolutionWindow, imageOrder, type WindowAttributes } from '../window.ts'
import { channelsLeading, convolve, convolveTransposed, correlate } from './direct-form.ts'
import { fused } from './fused.ts'

function depthwiseConv2d(recording: Recording, { x, filter }: KernelInputs, attributes: WindowAttributes): TensorInfo {
  const window = convolutionWindow(x!.shape, filter!.shape, attributes, true)
  const order = imageOrder(4, attributes)
  const name = convolve(
    recording,
    recording.place(x!, order),
    depthwiseKernel(recording, filter!),
    window,
    window.inChannels,
  )
  return recording.keep(name, 'float32', window.outShape, order)
}

/** [height, width, in, multiplier] as the [in·multiplier, 1, height, width] of a grouped convolution. */
function depthwiseKernel(recording: Recording, filter: TensorInfo): string {
  const [height, width, channels, multiplier] = filter.shape as [number, number, number, number]
  return recording.node('Reshape', [
    recording.place(filter, [2, 3, 0, 1]),
    recording.integers([channels * multiplier, 1, height, width]),
  ])
}

export const depthwiseKernels: KernelTable = {
  DepthwiseConv2dNative: depthwiseConv2d,
  FusedDepthwiseConv2D: fused(depthwiseConv2d),
  DepthwiseConv2dNativeBackpropInput: (
    recording,
    { dy, filter }: KernelInputs,
    attributes: WindowAttributes & { inputShape: number[] },
  ) => {
    const window = convolutionWindow(attributes.inputShape, filter!.shape, attributes, true)
    const order = imageOrder(4, attributes)
    const name = convolveTransposed(
      recording,
      recording.place(dy!, order),
      depthwiseKernel(recording, filter!),
      window,
      window.inChannels,
    )
    return recording.keep(name, dtypeOf(dy!), window.inShape, order)
  },
  DepthwiseConv2dNativeBackpropFilter: (
    recording,
    { x, dy }: KernelInputs,
    attributes: WindowAttributes & { filterShape: [number, number, number, number] },
  ) => {
    const window = convolutionWindow(x!.shape, attributes.filterShape, attributes, true)
    const [height, width, channels, multiplier] = attributes.filterShape
    const order = channelsLeading(imageOrder(4, attributes))
    // Every channel is a group whose input channels are the batch.
    const images = recording.node('Reshape', [
      recording.place(x!, order),
      recording.integers([1, channels * window.batch, ...along(window, ({ input }) => input)]),
    ])
    const gradient = correlate(recording, images, recording.place(dy!, order), window, channels)
    const name = recording.node('Reshape', [gradient, recording.integers([channels, multiplier, height, width])])
    return recording.keep(name, 'float32', attributes.filterShape, [2, 3, 0, 1])
  },
}
