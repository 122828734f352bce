import type { Dimension, TensorSpec } from '@gantry/core'
import { addDimensions, multiplyDimensions, subtractDimensions } from './dimension.ts'
import { type Inference, type NodeContext, shapeText } from './node-context.ts'
import { effectiveKernel, readWindows, windowPositions } from './window.ts'

/** Input `[batch, channels, …spatial]` and kernel of one rank. */
function operands(context: NodeContext): readonly [TensorSpec, TensorSpec] {
  const [input, kernel] = [context.input(0), context.input(1)]
  context.expectSameDtype(0, 1, 2)
  if (input.shape.length < 3 || input.shape.length !== kernel.shape.length) {
    context.fail(`the input ${shapeText(input.shape)} and the kernel ${shapeText(kernel.shape)} differ in rank`)
  }
  const kernelShape = context.ints('kernel_shape')
  if (
    kernelShape?.some((length, axis) => typeof kernel.shape[axis + 2] === 'number' && kernel.shape[axis + 2] !== length)
  ) {
    context.fail(`kernel_shape ${shapeText(kernelShape)} differs from the kernel ${shapeText(kernel.shape)}`)
  }
  return [input, kernel]
}

function expectBias(context: NodeContext, channels: Dimension): void {
  if (!context.has(2)) return
  const [length] = context.expectRank(2, 1).shape
  context.unify(channels, length!, () => `the bias has ${length} elements but there are ${channels} output channels`)
}

const conv: Inference = (context) => {
  const [input, kernel] = operands(context)
  const [batch, channels] = input.shape as [Dimension, Dimension]
  const [features, channelsPerGroup] = kernel.shape as [Dimension, Dimension]
  const expected = multiplyDimensions(channelsPerGroup, context.int('group', 1))
  context.unify(
    channels,
    expected,
    () =>
      `the input has ${channels} channels (shape ${shapeText(input.shape)}) but the kernel ${shapeText(kernel.shape)} expects ${expected}`,
  )
  expectBias(context, features)
  const spatial = readWindows(context, kernel.shape.slice(2)).map((window, axis) =>
    windowPositions(context, input.shape[axis + 2]!, window),
  )
  return [{ dtype: input.dtype, shape: [batch, features, ...spatial] }]
}

const convTranspose: Inference = (context) => {
  const [input, kernel] = operands(context)
  const [batch, channels] = input.shape as [Dimension, Dimension]
  const [kernelChannels, featuresPerGroup] = kernel.shape as [Dimension, Dimension]
  context.unify(
    channels,
    kernelChannels,
    () =>
      `the input has ${channels} channels (shape ${shapeText(input.shape)}) but the kernel ${shapeText(kernel.shape)} expects ${kernelChannels}`,
  )
  const features = multiplyDimensions(featuresPerGroup, context.int('group', 1))
  expectBias(context, features)
  return [{ dtype: input.dtype, shape: [batch, features, ...transposedSpatial(context, input, kernel)] }]
}

function transposedSpatial(context: NodeContext, input: TensorSpec, kernel: TensorSpec): readonly Dimension[] {
  const outputShape = context.ints('output_shape')
  if (outputShape !== undefined) return outputShape.slice(-(input.shape.length - 2))
  const autoPad = context.string('auto_pad', 'NOTSET')
  const outputPadding = context.ints('output_padding')
  return readWindows(context, kernel.shape.slice(2)).map((window, axis) => {
    const length = input.shape[axis + 2]!
    if (autoPad === 'SAME_UPPER' || autoPad === 'SAME_LOWER') return multiplyDimensions(length, window.stride)
    const pads = autoPad === 'VALID' ? 0 : window.padBegin + window.padEnd
    return addDimensions(
      multiplyDimensions(subtractDimensions(length, 1), window.stride),
      effectiveKernel(window),
      outputPadding?.[axis] ?? 0,
      -pads,
    )
  })
}

/** Convolutions; tensors are batch, channels, then spatial axes. */
export const convolution: Readonly<Record<string, Inference>> = {
  Conv: conv,
  ConvTranspose: convTranspose,
}
