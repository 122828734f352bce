import { attribute } from '@gantry/onnx'
import type { TensorInfo } from '@tensorflow/tfjs-core'
import type { Permutation } from '../../recording/layout.ts'
import type { Recording } from '../../recording/recording.ts'
import { dtypeOf } from '../kernel.ts'
import type { WindowAttributes } from '../window.ts'
import { batchLast, columnsOfInputs, columnsOfOutputs, OUT_BEFORE_IN, pixels, spaceFirst } from './as-matrices.ts'
import type { ConvolutionForm } from './convolution-form.ts'
import { type Gathering, gather, outputsOverPixels, pixelsUnderWindows, scatter } from './gathering.ts'

/** The order in which an image is moved. */
const orderOf = ({ byPixels }: Gathering, attributes: WindowAttributes): Permutation =>
  byPixels ? spaceFirst(attributes) : batchLast(attributes)

function patchesOf(
  recording: Recording,
  image: TensorInfo,
  gathering: Gathering,
  attributes: WindowAttributes,
): string {
  return gather(recording, recording.place(image, orderOf(gathering, attributes)), gathering)
}

/** Pixels [places · batch, columns] of patches and a kernel [taps · channels, columns]. */
function pixelsOf(recording: Recording, { byPixels }: Gathering, patches: string, kernel: string): string {
  return recording.node('Gemm', [patches, kernel], byPixels ? {} : { transA: attribute.int(1) })
}

/** Patches of such pixels and a kernel: the way back. */
function patchesOfPixels(recording: Recording, { byPixels }: Gathering, own: string, kernel: string): string {
  return recording.node('Gemm', byPixels ? [own, kernel] : [kernel, own], { transB: attribute.int(1) })
}

/** The kernel's gradient [taps · channels, columns]. */
function kernelOf(recording: Recording, { byPixels }: Gathering, patches: string, own: string): string {
  return recording.node('Gemm', [patches, own], byPixels ? { transA: attribute.int(1) } : {})
}

/**
 * Convolutions from few channels: the pixels under each window are gathered, and one product of matrices does the rest. The
 * gradient by x gathers too: for each pixel what the windows that read it have for it.
 */
export const inputPatchesForm: ConvolutionForm = {
  forward(recording, { x, filter, window, attributes }) {
    const under = pixelsUnderWindows(window)
    const patches = patchesOf(recording, x, under, attributes)
    const y = pixelsOf(recording, under, patches, columnsOfOutputs(recording, filter))
    return recording.keepReshaped(y, 'float32', window.outShape, spaceFirst(attributes))
  },
  overInput(recording, { dy, filter, window, attributes }) {
    const under = pixelsUnderWindows(window)
    const kernel = columnsOfOutputs(recording, filter)
    const own = pixels(recording, dy, window.outChannels, attributes)
    const dx = scatter(recording, patchesOfPixels(recording, under, own, kernel), under)
    return recording.keepReshaped(dx, dtypeOf(dy), window.inShape, orderOf(under, attributes))
  },
  overFilter(recording, { x, dy, window, attributes, filterShape }) {
    const under = pixelsUnderWindows(window)
    const patches = patchesOf(recording, x, under, attributes)
    const dw = kernelOf(recording, under, patches, pixels(recording, dy, window.outChannels, attributes))
    return recording.keepReshaped(dw, 'float32', filterShape)
  },
}

/** Convolutions to few channels: the same the other way round, where x is what the windows read from and y is gathered. */
export const outputPatchesForm: ConvolutionForm = {
  forward(recording, { x, filter, window, attributes }) {
    const over = outputsOverPixels(window)
    const kernel = columnsOfInputs(recording, filter)
    const own = pixels(recording, x, window.inChannels, attributes)
    const y = scatter(recording, patchesOfPixels(recording, over, own, kernel), over)
    return recording.keepReshaped(y, 'float32', window.outShape, orderOf(over, attributes))
  },
  overInput(recording, { dy, filter, window, attributes }) {
    const over = outputsOverPixels(window)
    const patches = patchesOf(recording, dy, over, attributes)
    const dx = pixelsOf(recording, over, patches, columnsOfInputs(recording, filter))
    return recording.keepReshaped(dx, dtypeOf(dy), window.inShape, spaceFirst(attributes))
  },
  overFilter(recording, { x, dy, window, attributes, filterShape }) {
    const over = outputsOverPixels(window)
    const patches = patchesOf(recording, dy, over, attributes)
    const dw = kernelOf(recording, over, patches, pixels(recording, x, window.inChannels, attributes))
    return recording.keepReshaped(dw, 'float32', filterShape, OUT_BEFORE_IN)
  },
}
