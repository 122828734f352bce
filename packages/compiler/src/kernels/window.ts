import { type Attribute, attribute } from '@gantry/onnx'
import { backend_util } from '@tensorflow/tfjs-core'
import { identity, type Permutation } from '../recording/layout.ts'

/** How a kernel slides along one axis of images or volumes. */
export interface SlidingAxis {
  readonly input: number
  readonly output: number
  readonly filter: number
  /** Length of the filter with its gaps. */
  readonly reach: number
  readonly stride: number
  readonly dilation: number
  readonly before: number
  readonly after: number
}

/** Geometry of a convolution or pooling, as TF.js computes it, for any number of spatial axes. */
export interface Window {
  readonly batch: number
  readonly inChannels: number
  readonly outChannels: number
  readonly inShape: readonly number[]
  readonly outShape: readonly number[]
  /** Padded so that the output has ⌈input/stride⌉ places. */
  readonly same: boolean
  readonly axes: readonly SlidingAxis[]
}

export interface WindowAttributes {
  readonly strides: number | number[]
  readonly pad: 'valid' | 'same' | number | Parameters<typeof backend_util.computeConv2DInfo>[4]
  readonly dataFormat?: 'NHWC' | 'NCHW' | 'NDHWC' | 'NCDHW'
  readonly dilations?: number | number[] | null
  readonly dimRoundingMode?: 'floor' | 'round' | 'ceil'
}

type Info2D = ReturnType<typeof backend_util.computeConv2DInfo>
type Info3D = ReturnType<typeof backend_util.computeConv3DInfo>

export function isChannelsLast({ dataFormat = 'NHWC' }: Pick<WindowAttributes, 'dataFormat'>): boolean {
  return dataFormat === 'NHWC' || dataFormat === 'NDHWC'
}

/** The order in which ONNX wants images or volumes: batch, channels, space. */
export function imageOrder(rank: number, attributes: Pick<WindowAttributes, 'dataFormat'> = {}): Permutation {
  return isChannelsLast(attributes) ? [0, rank - 1, ...identity(rank - 1).slice(1)] : identity(rank)
}

/** The window of a convolution whose filter is [space…, in, out]. */
export function convolutionWindow(
  inputShape: readonly number[],
  filterShape: readonly number[],
  attributes: WindowAttributes,
  depthwise = false,
): Window {
  const { strides, pad, dimRoundingMode } = attributes
  const dilations = attributes.dilations ?? 1
  const format = isChannelsLast(attributes) ? 'channelsLast' : 'channelsFirst'
  if (inputShape.length === 5) {
    const info = backend_util.computeConv3DInfo(
      inputShape as never,
      filterShape as never,
      strides as never,
      dilations as never,
      pad as never,
      depthwise,
      format,
      dimRoundingMode,
    )
    return windowOf(info, axesOf3D(info))
  }
  const info = backend_util.computeConv2DInfo(
    inputShape as never,
    filterShape as never,
    strides as never,
    dilations as never,
    pad,
    dimRoundingMode,
    depthwise,
    format,
  )
  return windowOf(info, axesOf2D(info))
}

/** The window of a pooling. */
export function poolingWindow(
  inputShape: readonly number[],
  filterSize: number | readonly number[],
  attributes: WindowAttributes,
): Window {
  const channels = isChannelsLast(attributes) ? inputShape.at(-1)! : inputShape[1]!
  const rank = inputShape.length - 2
  const size = typeof filterSize === 'number' ? new Array<number>(rank).fill(filterSize) : filterSize.slice(0, rank)
  return convolutionWindow(inputShape, [...size, channels, channels], attributes)
}

/** TensorFlow's padding. TF.js's own of volumes is negative where a step is longer than the window. */
function samePadding(axis: SlidingAxis): SlidingAxis {
  const total = Math.max((axis.output - 1) * axis.stride + axis.reach - axis.input, 0)
  const before = Math.floor(total / 2)
  return { ...axis, before, after: total - before }
}

function windowOf(info: Info2D | Info3D, axes: readonly SlidingAxis[]): Window {
  const own = shapesOf(info)
  return { ...own, axes: own.same ? axes.map(samePadding) : axes }
}

function axesOf2D(info: Info2D): SlidingAxis[] {
  const { padInfo } = info
  return [
    {
      input: info.inHeight,
      output: info.outHeight,
      filter: info.filterHeight,
      reach: info.effectiveFilterHeight,
      stride: info.strideHeight,
      dilation: info.dilationHeight,
      before: padInfo.top,
      after: padInfo.bottom,
    },
    {
      input: info.inWidth,
      output: info.outWidth,
      filter: info.filterWidth,
      reach: info.effectiveFilterWidth,
      stride: info.strideWidth,
      dilation: info.dilationWidth,
      before: padInfo.left,
      after: padInfo.right,
    },
  ]
}

function axesOf3D(info: Info3D): SlidingAxis[] {
  const depth: SlidingAxis = {
    input: info.inDepth,
    output: info.outDepth,
    filter: info.filterDepth,
    reach: info.effectiveFilterDepth,
    stride: info.strideDepth,
    dilation: info.dilationDepth,
    before: info.padInfo.front,
    after: info.padInfo.back,
  }
  return [depth, ...axesOf2D(info as unknown as Info2D)]
}

function shapesOf({ batchSize, inChannels, outChannels, inShape, outShape, padInfo }: Info2D | Info3D) {
  return { batch: batchSize, inChannels, outChannels, inShape, outShape, same: padInfo.type === 'SAME' }
}

/** One number of every axis. */
export function along(window: Window, number: (axis: SlidingAxis) => number): number[] {
  return window.axes.map(number)
}

/** How far the last window reads past the input's end; negative where it does not reach it. */
export function surplusOf({ input, output, reach, stride, before }: SlidingAxis): number {
  return (output - 1) * stride + reach - before - input
}

/** Padding after the input, as far as a window reads it. */
export function readAfter(axis: SlidingAxis): number {
  return Math.max(surplusOf(axis), 0)
}

export function pads(before: readonly number[], after: readonly number[]): Attribute {
  return attribute.ints([...before, ...after])
}

/**
 * Padding attributes of a forward operator. `same` is left to ONNX, whose `SAME_UPPER` is TF.js's: written as numbers it
 * would hold for one parity of the input's length only.
 *
 * @param isExplicit whether `same` is written as numbers all the same
 */
export function forwardPads(window: Window, isExplicit = false): Record<string, Attribute> {
  // ONNX Runtime has it without gaps only; with gaps TF.js's steps are 1, and the padding is the same for every length.
  if (!isExplicit && window.same && window.axes.every(({ dilation }) => dilation === 1))
    return { auto_pad: attribute.string('SAME_UPPER') }
  const floors = window.axes.every(
    ({ input, output, reach, stride, before, after }) =>
      Math.floor((input + before + after - reach) / stride) + 1 === output,
  )
  return {
    pads: pads(
      along(window, ({ before }) => before),
      along(window, (axis) => (floors ? axis.after : readAfter(axis))),
    ),
  }
}
