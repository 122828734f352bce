import { type Attribute, attribute } from '@gantry/onnx'
import { backend_util, type TensorInfo } from '@tensorflow/tfjs-core'
import { CHANNELS_FIRST, identity, type Permutation } from '../layout.ts'
import type { Recording } from '../recording.ts'
import { activate, type FusedAttributes } from './activation.ts'
import { binaryKernels } from './binary.ts'
import { dtypeOf, type Kernel, type KernelInputs, type KernelTable } from './kernel.ts'
import { type Pair, pads, positive, surplusOf, type Window } from './window.ts'

interface ConvolutionAttributes {
  readonly strides: number | [number, number]
  readonly pad: 'valid' | 'same' | number | Parameters<typeof backend_util.computeConv2DInfo>[4]
  readonly dataFormat?: 'NHWC' | 'NCHW'
  readonly dilations?: number | [number, number]
  readonly dimRoundingMode?: 'floor' | 'round' | 'ceil'
}

/** TF.js kernels are [height, width, in, out]; ONNX wants [out, in, height, width]. */
const KERNEL: Permutation = [3, 2, 0, 1]

function windowOf(
  inputShape: readonly number[],
  filterShape: readonly number[],
  { strides, dilations = 1, pad, dimRoundingMode, dataFormat = 'NHWC' }: ConvolutionAttributes,
  depthwise = false,
): Window {
  return backend_util.computeConv2DInfo(
    inputShape as [number, number, number, number],
    filterShape as [number, number, number, number],
    strides,
    dilations,
    pad as Parameters<typeof backend_util.computeConv2DInfo>[4],
    dimRoundingMode,
    depthwise,
    backend_util.convertConv2DDataFormat(dataFormat),
  )
}

function imageOrder({ dataFormat = 'NHWC' }: ConvolutionAttributes): Permutation {
  return dataFormat === 'NHWC' ? CHANNELS_FIRST : identity(4)
}

function windowAttributes(strides: Pair, dilations: Pair, before: Pair, after: Pair): Record<string, Attribute> {
  return {
    strides: attribute.ints(strides),
    dilations: attribute.ints(dilations),
    pads: pads(before, after),
  }
}

/** y = x ∗ w. */
function convolve(recording: Recording, x: string, filter: string, window: Window, groups = 1): string {
  const { padInfo, strideHeight, strideWidth, dilationHeight, dilationWidth } = window
  return recording.node('Conv', [x, filter], {
    ...windowAttributes(
      [strideHeight, strideWidth],
      [dilationHeight, dilationWidth],
      [padInfo.top, padInfo.left],
      positive(surplusOf(window)),
    ),
    group: attribute.int(groups),
  })
}

/** dx: the transposed convolution of dy, with the pads of the forward one. */
function convolveTransposed(recording: Recording, dy: string, filter: string, window: Window, groups = 1): string {
  const { padInfo, strideHeight, strideWidth, dilationHeight, dilationWidth } = window
  if (groups === 1 && strideHeight === 1 && strideWidth === 1) return convolveFlipped(recording, dy, filter, window)
  // What the forward windows read past the input is cut off; what they never read is padded.
  const surplus = surplusOf(window)
  return recording.node('ConvTranspose', [dy, filter], {
    ...windowAttributes(
      [strideHeight, strideWidth],
      [dilationHeight, dilationWidth],
      [padInfo.top, padInfo.left],
      positive(surplus),
    ),
    output_padding: attribute.ints(positive([-surplus[0], -surplus[1]])),
    group: attribute.int(groups),
  })
}

/** dx at stride 1: a plain convolution of dy with the kernel turned by 180°, which ONNX Runtime does twice as fast. */
function convolveFlipped(recording: Recording, dy: string, filter: string, window: Window): string {
  const { padInfo, dilationHeight, dilationWidth, effectiveFilterHeight, effectiveFilterWidth } = window
  const first = Number.MIN_SAFE_INTEGER
  const turned = recording.node('Slice', [
    recording.node('Transpose', [filter], { perm: attribute.ints([1, 0, 2, 3]) }),
    recording.integers([-1, -1]),
    recording.integers([first, first]),
    recording.integers([2, 3]),
    recording.integers([-1, -1]),
  ])
  const before = [effectiveFilterHeight - 1 - padInfo.top, effectiveFilterWidth - 1 - padInfo.left] as const
  const after = [
    window.inHeight - window.outHeight + padInfo.top,
    window.inWidth - window.outWidth + padInfo.left,
  ] as const
  return recording.node('Conv', [dy, turned], windowAttributes([1, 1], [dilationHeight, dilationWidth], before, after))
}

/**
 * dw: a convolution whose images are the channels of x and whose kernels are the channels of dy, so that batch and
 * channels change places; stride and dilation do too. `x` is [in, batch, height, width], `dy` [out, batch, height, width],
 * the result [in, out, height, width].
 */
function correlate(recording: Recording, x: string, dy: string, window: Window, groups = 1): string {
  const { padInfo, strideHeight, strideWidth, dilationHeight, dilationWidth } = window
  const after = surplusOf(window)
  // Rows and columns that no window reads are cut away first.
  const read =
    after[0] >= 0 && after[1] >= 0
      ? x
      : recording.node('Slice', [
          x,
          recording.integers([0, 0]),
          recording.integers([window.inHeight + Math.min(after[0], 0), window.inWidth + Math.min(after[1], 0)]),
          recording.integers([2, 3]),
        ])
  return recording.node('Conv', [read, dy], {
    ...windowAttributes(
      [dilationHeight, dilationWidth],
      [strideHeight, strideWidth],
      [padInfo.top, padInfo.left],
      positive(after),
    ),
    group: attribute.int(groups),
  })
}

/** Channels-first order with batch and channels swapped. */
function channelsLeading(order: Permutation): Permutation {
  return [order[1]!, order[0]!, order[2]!, order[3]!]
}

function conv2d(recording: Recording, { x, filter }: KernelInputs, attributes: ConvolutionAttributes): TensorInfo {
  const window = windowOf(x!.shape, filter!.shape, attributes)
  const order = imageOrder(attributes)
  const name = convolve(recording, recording.place(x!, order), recording.place(filter!, KERNEL), window)
  return recording.keep(name, 'float32', window.outShape, order)
}

function depthwiseConv2d(
  recording: Recording,
  { x, filter }: KernelInputs,
  attributes: ConvolutionAttributes,
): TensorInfo {
  const window = windowOf(x!.shape, filter!.shape, attributes, true)
  const order = imageOrder(attributes)
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

/** A convolution that goes on with a bias and an activation. */
function fused(convolution: typeof conv2d): Kernel {
  return (recording, inputs: KernelInputs, attributes: ConvolutionAttributes & FusedAttributes) => {
    const { bias, preluActivationWeights } = inputs
    const x = convolution(recording, inputs, attributes)
    if (!bias) return activate(recording, x, attributes, preluActivationWeights)
    const perChannel =
      attributes.dataFormat === 'NCHW' && bias.shape.length === 1
        ? recording.keepValue(recording.reshaped(recording.value(bias), [bias.shape[0]!, 1, 1]))
        : bias
    const sum = binaryKernels.Add!(recording, { a: x, b: perChannel }, {}) as TensorInfo
    return activate(recording, sum, attributes, preluActivationWeights)
  }
}

export const convolutionKernels: KernelTable = {
  Conv2D: conv2d,
  FusedConv2D: fused(conv2d),
  Conv2DBackpropInput: (
    recording,
    { dy, filter }: KernelInputs,
    attributes: ConvolutionAttributes & { inputShape: number[] },
  ) => {
    const window = windowOf(attributes.inputShape, filter!.shape, attributes)
    const order = imageOrder(attributes)
    const name = convolveTransposed(recording, recording.place(dy!, order), recording.place(filter!, KERNEL), window)
    return recording.keep(name, dtypeOf(dy!), window.inShape, order)
  },
  Conv2DBackpropFilter: (
    recording,
    { x, dy }: KernelInputs,
    attributes: ConvolutionAttributes & { filterShape: number[] },
  ) => {
    const window = windowOf(x!.shape, attributes.filterShape, attributes)
    const order = channelsLeading(imageOrder(attributes))
    const gradient = correlate(recording, recording.place(x!, order), recording.place(dy!, order), window)
    // To the order in which the kernel lies, where the optimizer needs it.
    const name = recording.node('Transpose', [gradient], { perm: attribute.ints([1, 0, 2, 3]) })
    return recording.keep(name, 'float32', attributes.filterShape, KERNEL)
  },
  DepthwiseConv2dNative: depthwiseConv2d,
  FusedDepthwiseConv2D: fused(depthwiseConv2d),
  DepthwiseConv2dNativeBackpropInput: (
    recording,
    { dy, filter }: KernelInputs,
    attributes: ConvolutionAttributes & { inputShape: number[] },
  ) => {
    const window = windowOf(attributes.inputShape, filter!.shape, attributes, true)
    const order = imageOrder(attributes)
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
    attributes: ConvolutionAttributes & { filterShape: [number, number, number, number] },
  ) => {
    const window = windowOf(x!.shape, attributes.filterShape, attributes, true)
    const [height, width, channels, multiplier] = attributes.filterShape
    const order = channelsLeading(imageOrder(attributes))
    // Every channel is a group whose input channels are the batch.
    const images = recording.node('Reshape', [
      recording.place(x!, order),
      recording.integers([1, channels * window.batchSize, window.inHeight, window.inWidth]),
    ])
    const gradient = correlate(recording, images, recording.place(dy!, order), window, channels)
    const name = recording.node('Reshape', [gradient, recording.integers([channels, multiplier, height, width])])
    return recording.keep(name, 'float32', attributes.filterShape, [2, 3, 0, 1])
  },
}
