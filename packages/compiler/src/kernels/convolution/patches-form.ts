import { attribute } from '@gantry/onnx'
import type { TensorInfo } from '@tensorflow/tfjs-core'
import type { Permutation } from '../../recording/layout.ts'
import type { Recording } from '../../recording/recording.ts'
import { dtypeOf } from '../kernel.ts'
import { isChannelsLast, type WindowAttributes } from '../window.ts'
import type { ConvolutionForm } from './convolution-form.ts'
import { gather, outputsOverPixels, pixelsUnderWindows, scatter } from './gathering.ts'
import { spaceFirst } from './space-first.ts'

/** Height, width, channels, batch: what is gathered is a row of the batch. */
function batchLast(attributes: WindowAttributes): Permutation {
  return isChannelsLast(attributes) ? [1, 2, 3, 0] : [2, 3, 1, 0]
}

/** An image as a matrix of [pixels · batch, channels]. */
function pixels(recording: Recording, image: TensorInfo, channels: number, attributes: WindowAttributes): string {
  return recording.node('Reshape', [recording.place(image, spaceFirst(attributes)), recording.integers([-1, channels])])
}

/** A kernel as a matrix of [taps · in, out]. */
function columnsOfOutputs(recording: Recording, filter: TensorInfo): string {
  return recording.node('Reshape', [recording.place(filter), recording.integers([-1, filter.shape[3]!])])
}

const OUT_BEFORE_IN: Permutation = [0, 1, 3, 2]

/** A kernel as a matrix of [taps · out, in]. */
function columnsOfInputs(recording: Recording, filter: TensorInfo): string {
  return recording.node('Reshape', [recording.place(filter, OUT_BEFORE_IN), recording.integers([-1, filter.shape[2]!])])
}

/**
 * Convolutions from few channels: the pixels under each window are gathered, and one product of matrices does the rest. The
 * gradient by x gathers too: for each pixel what the windows that read it have for it.
 */
export const inputPatchesForm: ConvolutionForm = {
  forward(recording, { x, filter, window, attributes }) {
    const patches = gather(recording, recording.place(x, batchLast(attributes)), pixelsUnderWindows(window))
    const y = recording.node('Gemm', [patches, columnsOfOutputs(recording, filter)], { transA: attribute.int(1) })
    return recording.keepReshaped(y, 'float32', window.outShape, spaceFirst(attributes))
  },
  overInput(recording, { dy, filter, window, attributes }) {
    const matrices = [columnsOfOutputs(recording, filter), pixels(recording, dy, window.outChannels, attributes)]
    const patches = recording.node('Gemm', matrices, { transB: attribute.int(1) })
    const dx = scatter(recording, patches, pixelsUnderWindows(window))
    return recording.keepReshaped(dx, dtypeOf(dy), window.inShape, batchLast(attributes))
  },
  overFilter(recording, { x, dy, window, attributes, filterShape }) {
    const patches = gather(recording, recording.place(x, batchLast(attributes)), pixelsUnderWindows(window))
    const dw = recording.node('Gemm', [patches, pixels(recording, dy, window.outChannels, attributes)])
    return recording.keepReshaped(dw, 'float32', filterShape)
  },
}

/** Convolutions to few channels: the same the other way round, where x is what the windows read from and y is gathered. */
export const outputPatchesForm: ConvolutionForm = {
  forward(recording, { x, filter, window, attributes }) {
    const matrices = [columnsOfInputs(recording, filter), pixels(recording, x, window.inChannels, attributes)]
    const patches = recording.node('Gemm', matrices, { transB: attribute.int(1) })
    const y = scatter(recording, patches, outputsOverPixels(window))
    return recording.keepReshaped(y, 'float32', window.outShape, batchLast(attributes))
  },
  overInput(recording, { dy, filter, window, attributes }) {
    const patches = gather(recording, recording.place(dy, batchLast(attributes)), outputsOverPixels(window))
    const dx = recording.node('Gemm', [patches, columnsOfInputs(recording, filter)], { transA: attribute.int(1) })
    return recording.keepReshaped(dx, dtypeOf(dy), window.inShape, spaceFirst(attributes))
  },
  overFilter(recording, { x, dy, window, attributes, filterShape }) {
    const patches = gather(recording, recording.place(dy, batchLast(attributes)), outputsOverPixels(window))
    const dw = recording.node('Gemm', [patches, pixels(recording, x, window.inChannels, attributes)])
    return recording.keepReshaped(dw, 'float32', filterShape, OUT_BEFORE_IN)
  },
}
