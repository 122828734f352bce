import { attribute } from '@gantry/onnx'
import { dtypeOf } from '../kernel.ts'
import { batchLast, columnsOfInputs, columnsOfOutputs, OUT_BEFORE_IN, pixels, spaceFirst } from './as-matrices.ts'
import type { ConvolutionForm } from './convolution-form.ts'
import { gather, outputsOverPixels, pixelsUnderWindows, scatter } from './gathering.ts'

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
