import { ndarray, sizeOfShape } from '@gantry/core'
import { type Attribute, attribute } from '@gantry/onnx'
import type { TensorInfo } from '@tensorflow/tfjs-core'
import { permute, sameShape } from '../recording/layout.ts'
import type { Recording } from '../recording/recording.ts'
import { convolveTransposed } from './convolution/direct-form.ts'
import { filled, toInt32 } from './index-values.ts'
import type { Kernel, KernelInputs, KernelTable } from './kernel.ts'
import { same } from './movement.ts'
import { type BlockSize, blockSize, repeatPixels, sumBlocks } from './pixel-blocks.ts'
import { averagesSteppingOver, isNeverPadded, maximaSteppingOver, stepsOver } from './same-padding.ts'
import { along, forwardPads, imageOrder, pads, poolingWindow, type Window, type WindowAttributes } from './window.ts'

interface PoolingAttributes extends WindowAttributes {
  readonly filterSize: number | number[]
}

type Operator = 'AveragePool' | 'MaxPool'

function sizes(window: Window): Record<string, Attribute> {
  return {
    kernel_shape: attribute.ints(along(window, ({ filter }) => filter)),
    strides: attribute.ints(along(window, ({ stride }) => stride)),
  }
}

/** ONNX Runtime refuses windows that may lie in the padding altogether. */
function isTooFarPadded(window: Window): boolean {
  return window.axes.some(({ before, after, filter }) => before >= filter || after >= filter)
}

/** A filter for each channel that averages over the window. */
function averageFilter(recording: Recording, window: Window): string {
  const lengths = along(window, ({ filter }) => filter)
  const area = sizeOfShape(lengths)
  const values = new Float32Array(window.inChannels * area).fill(1 / area)
  return recording.builder.constant(ndarray('float32', [window.inChannels, 1, ...lengths], values))
}

/** Pooling whose windows may lie in the padding altogether, which ONNX Runtime's operators refuse. */
function poolFarPadded(recording: Recording, operator: Operator, images: string, window: Window): string {
  const before = along(window, (axis) => axis.before)
  const after = along(window, (axis) => axis.after)
  if (operator === 'MaxPool') {
    const lengths = recording.integers([0, 0, ...before, 0, 0, ...after])
    const padded = recording.node('Pad', [images, lengths, recording.scalar(Number.NEGATIVE_INFINITY)])
    return recording.node(operator, [padded], sizes(window))
  }
  const averages = recording.node('Conv', [images, averageFilter(recording, window)], {
    strides: attribute.ints(along(window, ({ stride }) => stride)),
    pads: pads(before, after),
    group: attribute.int(window.inChannels),
  })
  return recording.node('Div', [averages, fullness(recording, window)])
}

/** How many numbers each window of an average has, relative to a full one. TF.js counts empty ones as full in volumes. */
function fullness(recording: Recording, window: Window): string {
  const counts = window.axes.map(({ input, output, filter, stride, before }) =>
    Array.from({ length: output }, (_, place) => {
      const first = place * stride - before
      return Math.max(Math.min(first + filter, input) - Math.max(first, 0), 0) / filter
    }),
  )
  const shape = [1, 1, ...counts.map(({ length }) => length)]
  const values = counts
    .reduce((products, own) => products.flatMap((left) => own.map((right) => left * right)), [1])
    .map((share) => (share === 0 && counts.length === 3 ? 1 : share))
  return recording.builder.constant(ndarray('float32', shape, Float32Array.from(values)))
}

/** In a training step, the size of windows that lie side by side and fill the image. */
function blocksOf(recording: Recording, window: Window): BlockSize | undefined {
  const sideBySide = window.axes.every(({ filter, stride, before }) => filter === stride && before === 0)
  if (recording.convolutions === 'direct' || !sideBySide) return undefined
  const size = blockSize(
    along(window, ({ input }) => input),
    along(window, ({ output }) => output),
  )
  return size?.every((length, axis) => length === window.axes[axis]!.filter) ? size : undefined
}

function pooled(recording: Recording, operator: Operator, images: string, window: Window): string {
  if (isTooFarPadded(window)) return poolFarPadded(recording, operator, images, window)
  const whole = (own: string) => recording.node(operator, [own], sizes(window))
  if (stepsOver(window)) {
    if (isNeverPadded(window)) return whole(images)
    const steppingOver = operator === 'MaxPool' ? maximaSteppingOver : averagesSteppingOver
    return steppingOver(recording, images, window, whole)
  }
  return recording.node(operator, [images], { ...sizes(window), ...forwardPads(window) })
}

const pool =
  (operator: Operator): Kernel =>
  (recording, { x }: KernelInputs, attributes: PoolingAttributes) => {
    const window = poolingWindow(x!.shape, attributes.filterSize, attributes)
    if (sizeOfShape(window.outShape) === 0) return recording.keepUniform(0, 'float32', window.outShape)
    // TF.js does the same, even where a padding of equal length on both sides would move the images.
    if (window.axes.every(({ filter }) => filter === 1) && sameShape(window.inShape, window.outShape))
      return same(recording, x!)
    const blocks = blocksOf(recording, window)
    if (operator === 'AveragePool' && blocks) {
      return sumBlocks(recording, x!, blocks, 1 / sizeOfShape(blocks), attributes)
    }
    const order = imageOrder(x!.shape.length, attributes)
    const images = recording.place(x!, order)
    const name = pooled(recording, operator, images, window)
    return recording.keep(name, 'float32', window.outShape, order)
  }

/** dy spread evenly over each window. TF.js divides by the full window here, also at the border. */
const averageGradient: Kernel = (recording, { dy, input }: KernelInputs, attributes: PoolingAttributes) => {
  const window = poolingWindow(input!.shape, attributes.filterSize, attributes)
  const blocks = blocksOf(recording, window)
  if (blocks) {
    const shares = recording.elementwise([dy!], 'float32', ([name]) =>
      recording.node('Mul', [name!, recording.scalar(1 / sizeOfShape(blocks))]),
    )
    return repeatPixels(recording, shares, blocks, attributes)
  }
  const order = imageOrder(input!.shape.length, attributes)
  const name = convolveTransposed(
    recording,
    recording.place(dy!, order),
    averageFilter(recording, window),
    window,
    window.inChannels,
  )
  return recording.keep(name, 'float32', input!.shape, order)
}

/** The largest number of each window and its place in the flattened images. */
function maximaWithPlaces(recording: Recording, x: TensorInfo, window: Window, attributes: PoolingAttributes) {
  const order = imageOrder(x.shape.length, attributes)
  const [maxima, places] = recording.builder.nodes('MaxPool', [recording.place(x, order)], 2, {
    ...sizes(window),
    // Places count from the image's own beginning, so it cannot be padded first.
    ...forwardPads(window, stepsOver(window)),
  })
  return { order, maxima: maxima!, places: places! }
}

/** dy at the place of each window's largest number, 0 elsewhere; windows that overlap add up. */
const maximumGradient: Kernel = (recording, { dy, input }: KernelInputs, attributes: PoolingAttributes) => {
  const window = poolingWindow(input!.shape, attributes.filterSize, attributes)
  const { order, places } = maximaWithPlaces(recording, input!, window, attributes)
  const flat = recording.integers([-1])
  const size = sizeOfShape(input!.shape)
  const scattered = recording.node(
    'ScatterElements',
    [
      filled(recording, 0, 'float32', [size]),
      recording.node('Reshape', [places, flat]),
      recording.node('Reshape', [recording.place(dy!, order), flat]),
    ],
    { axis: attribute.int(0), reduction: attribute.string('add') },
  )
  const name = recording.node('Reshape', [scattered, recording.integers(permute(input!.shape, order))])
  return recording.keep(name, 'float32', input!.shape, order)
}

/** Maxima, and their places in the channels-last image (or batch of images). */
const maximumWithArgument: Kernel = (
  recording,
  { x }: KernelInputs,
  attributes: PoolingAttributes & { includeBatchInIndex: boolean },
) => {
  const window = poolingWindow(x!.shape, attributes.filterSize, attributes)
  const numbers = recording.elementwise([x!], 'float32', ([name]) =>
    recording.node('Where', [recording.node('IsNaN', [name!]), recording.scalar(Number.NEGATIVE_INFINITY), name!]),
  )
  const { order, maxima, places } = maximaWithPlaces(recording, numbers, window, attributes)
  const [, height, width, channels] = x!.shape as [number, number, number, number]
  const area = recording.integers([height * width])
  const depth = recording.integers([channels])
  // From (batch · channels + channel) · area + place to (batch · area + place) · channels + channel.
  const place = recording.node('Mod', [places, area])
  const plane = recording.node('Div', [places, area])
  const channel = recording.node('Mod', [plane, depth])
  const within = recording.node('Add', [recording.node('Mul', [place, depth]), channel])
  const batch = recording.node('Mul', [
    recording.node('Div', [plane, depth]),
    recording.integers([height * width * channels]),
  ])
  const index = attributes.includeBatchInIndex ? recording.node('Add', [within, batch]) : within
  return [
    recording.keep(maxima, 'float32', window.outShape, order),
    recording.keep(toInt32(recording, index), 'int32', window.outShape, order),
  ]
}

export const poolingKernels: KernelTable = {
  /** Averages leave the padding out, as TF.js does and ONNX by default. */
  AvgPool: pool('AveragePool'),
  AvgPool3D: pool('AveragePool'),
  AvgPoolGrad: averageGradient,
  AvgPool3DGrad: averageGradient,
  MaxPool: pool('MaxPool'),
  MaxPool3D: pool('MaxPool'),
  MaxPoolGrad: maximumGradient,
  MaxPool3DGrad: maximumGradient,
  MaxPoolWithArgmax: maximumWithArgument,
}
