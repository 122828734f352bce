import { type Attribute, attribute } from '@gantry/onnx'
import type { TensorInfo } from '@tensorflow/tfjs-core'
import type { Permutation } from '../recording/layout.ts'
import type { Recording } from '../recording/recording.ts'
import { activate, type FusedAttributes } from './activation.ts'
import { binaryKernels } from './binary.ts'
import { dtypeOf, type Kernel, type KernelInputs, type KernelTable } from './kernel.ts'
import { slice } from './movement.ts'
import {
  along,
  convolutionWindow,
  forwardPads,
  imageOrder,
  isChannelsLast,
  pads,
  readAfter,
  surplusOf,
  type Window,
  type WindowAttributes,
} from './window.ts'

/** TF.js kernels are [space…, in, out]; ONNX wants [out, in, space…]. */
function kernelOrder(rank: number): Permutation {
  return [rank - 1, rank - 2, ...Array.from({ length: rank - 2 }, (_, axis) => axis)]
}

function steps(window: Window): Record<string, Attribute> {
  return {
    strides: attribute.ints(along(window, ({ stride }) => stride)),
    dilations: attribute.ints(along(window, ({ dilation }) => dilation)),
  }
}

function before(window: Window): number[] {
  return along(window, (axis) => axis.before)
}

/** y = x ∗ w. */
function convolve(recording: Recording, x: string, filter: string, window: Window, groups = 1): string {
  return recording.node('Conv', [x, filter], {
    ...steps(window),
    ...forwardPads(window),
    group: attribute.int(groups),
  })
}

/** dx: the transposed convolution of dy, with the pads of the forward one. */
export function convolveTransposed(
  recording: Recording,
  dy: string,
  filter: string,
  window: Window,
  groups = 1,
): string {
  if (groups === 1 && window.axes.every(({ stride }) => stride === 1))
    return convolveFlipped(recording, dy, filter, window)
  // What the forward windows read past the input is cut off; what they never read is padded.
  return recording.node('ConvTranspose', [dy, filter], {
    ...steps(window),
    pads: pads(before(window), along(window, readAfter)),
    output_padding: attribute.ints(along(window, (axis) => Math.max(-surplusOf(axis), 0))),
    group: attribute.int(groups),
  })
}

/** dx at stride 1: a plain convolution of dy with the kernel turned by 180°, which ONNX Runtime does twice as fast. */
function convolveFlipped(recording: Recording, dy: string, filter: string, window: Window): string {
  const space = window.axes.map((_, index) => index + 2)
  const everywhere = (number: number) => recording.integers(space.map(() => number))
  const turned = recording.node('Slice', [
    recording.node('Transpose', [filter], { perm: attribute.ints([1, 0, ...space]) }),
    everywhere(-1),
    everywhere(Number.MIN_SAFE_INTEGER),
    recording.integers(space),
    everywhere(-1),
  ])
  return recording.node('Conv', [dy, turned], {
    ...steps(window),
    pads: pads(
      along(window, (axis) => axis.reach - 1 - axis.before),
      along(window, (axis) => axis.input - axis.output + axis.before),
    ),
  })
}

/**
 * dw: a convolution whose images are the channels of x and whose kernels are the channels of dy, so that batch and
 * channels change places; stride and dilation do too. `x` is [in, batch, space…], `dy` [out, batch, space…], the result
 * [in, out, space…].
 */
function correlate(recording: Recording, x: string, dy: string, window: Window, groups = 1): string {
  const space = window.axes.map((_, index) => index + 2)
  // Rows and columns that no window reads are cut away first.
  const read = window.axes.every((axis) => surplusOf(axis) >= 0)
    ? x
    : recording.node('Slice', [
        x,
        recording.integers(space.map(() => 0)),
        recording.integers(along(window, (axis) => axis.input + Math.min(surplusOf(axis), 0))),
        recording.integers(space),
      ])
  return recording.node('Conv', [read, dy], {
    strides: attribute.ints(along(window, ({ dilation }) => dilation)),
    dilations: attribute.ints(along(window, ({ stride }) => stride)),
    pads: pads(before(window), along(window, readAfter)),
    group: attribute.int(groups),
  })
}

/** Batch and channels swapped. */
function channelsLeading(order: Permutation): Permutation {
  const [batch, channels, ...space] = order
  return [channels!, batch!, ...space]
}

function convolution(recording: Recording, { x, filter }: KernelInputs, attributes: WindowAttributes): TensorInfo {
  const window = convolutionWindow(x!.shape, filter!.shape, attributes)
  const rank = x!.shape.length
  const order = imageOrder(rank, attributes)
  const name = convolve(recording, recording.place(x!, order), recording.place(filter!, kernelOrder(rank)), window)
  return recording.keep(name, 'float32', window.outShape, order)
}

function convolutionOverInput(
  recording: Recording,
  { dy, filter }: KernelInputs,
  attributes: WindowAttributes,
  inputShape: readonly number[],
): TensorInfo {
  const window = convolutionWindow(inputShape, filter!.shape, attributes)
  const rank = inputShape.length
  const order = imageOrder(rank, attributes)
  // What lies beyond the output of the forward convolution counts for nothing.
  const used = slice(
    recording,
    dy!,
    dy!.shape.map(() => 0),
    dy!.shape.map((length, axis) => Math.min(length, window.outShape[axis]!)),
  )
  const name = convolveTransposed(
    recording,
    recording.place(used, order),
    recording.place(filter!, kernelOrder(rank)),
    window,
  )
  return recording.keep(name, dtypeOf(dy!), window.inShape, order)
}

function convolutionOverFilter(
  recording: Recording,
  { x, dy }: KernelInputs,
  attributes: WindowAttributes,
  filterShape: readonly number[],
): TensorInfo {
  const window = convolutionWindow(x!.shape, filterShape, attributes)
  const rank = x!.shape.length
  const order = channelsLeading(imageOrder(rank, attributes))
  const gradient = correlate(recording, recording.place(x!, order), recording.place(dy!, order), window)
  // To the order in which the kernel lies, where the optimizer needs it.
  const space = window.axes.map((_, index) => index + 2)
  const name = recording.node('Transpose', [gradient], { perm: attribute.ints([1, 0, ...space]) })
  return recording.keep(name, 'float32', filterShape, kernelOrder(rank))
}

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

/** One number a channel, of images in either format. */
function perChannel(recording: Recording, values: TensorInfo, attributes: WindowAttributes): TensorInfo {
  if (isChannelsLast(attributes) || values.shape.length !== 1) return values
  return recording.keepValue(recording.reshaped(recording.value(values), [values.shape[0]!, 1, 1]))
}

/** A convolution that goes on with a bias and an activation. */
function fused(convolve: typeof convolution): Kernel {
  return (recording, inputs: KernelInputs, attributes: WindowAttributes & FusedAttributes) => {
    const { bias, preluActivationWeights } = inputs
    const slopes = preluActivationWeights && perChannel(recording, preluActivationWeights, attributes)
    const x = convolve(recording, inputs, attributes)
    if (!bias) return activate(recording, x, attributes, slopes)
    const sum = binaryKernels.Add!(recording, { a: x, b: perChannel(recording, bias, attributes) }, {}) as TensorInfo
    return activate(recording, sum, attributes, slopes)
  }
}

export const convolutionKernels: KernelTable = {
  Conv2D: convolution,
  FusedConv2D: fused(convolution),
  Conv2DBackpropInput: (recording, inputs: KernelInputs, attributes: WindowAttributes & { inputShape: number[] }) =>
    convolutionOverInput(recording, inputs, attributes, attributes.inputShape),
  Conv2DBackpropFilter: (recording, inputs: KernelInputs, attributes: WindowAttributes & { filterShape: number[] }) =>
    convolutionOverFilter(recording, inputs, attributes, attributes.filterShape),
  Conv3D: convolution,
  Conv3DBackpropInputV2: (recording, inputs: KernelInputs, attributes: WindowAttributes & { inputShape: number[] }) =>
    convolutionOverInput(recording, inputs, attributes, attributes.inputShape),
  Conv3DBackpropFilterV2: (recording, inputs: KernelInputs, attributes: WindowAttributes & { filterShape: number[] }) =>
    convolutionOverFilter(recording, inputs, attributes, attributes.filterShape),
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
