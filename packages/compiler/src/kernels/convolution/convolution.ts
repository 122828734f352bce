import type { TensorInfo } from '@tensorflow/tfjs-core'
import type { Recording } from '../../recording/recording.ts'
import type { KernelInputs, KernelTable } from '../kernel.ts'
import { slice } from '../movement.ts'
import { convolutionWindow, type WindowAttributes } from '../window.ts'
import { chooseForm } from './choose-form.ts'
import { depthwiseKernels } from './depthwise.ts'
import { fused } from './fused.ts'

function convolution(recording: Recording, { x, filter }: KernelInputs, attributes: WindowAttributes): TensorInfo {
  const window = convolutionWindow(x!.shape, filter!.shape, attributes)
  return chooseForm(recording, window).forward(recording, { x: x!, filter: filter!, window, attributes })
}

function convolutionOverInput(
  recording: Recording,
  { dy, filter }: KernelInputs,
  attributes: WindowAttributes & { readonly inputShape: readonly number[] },
): TensorInfo {
  const window = convolutionWindow(attributes.inputShape, filter!.shape, attributes)
  // What lies beyond the output of the forward convolution counts for nothing.
  const used = slice(
    recording,
    dy!,
    dy!.shape.map(() => 0),
    dy!.shape.map((length, axis) => Math.min(length, window.outShape[axis]!)),
  )
  return chooseForm(recording, window).overInput(recording, { dy: used, filter: filter!, window, attributes })
}

function convolutionOverFilter(
  recording: Recording,
  { x, dy }: KernelInputs,
  attributes: WindowAttributes & { readonly filterShape: readonly number[] },
): TensorInfo {
  const { filterShape } = attributes
  const window = convolutionWindow(x!.shape, filterShape, attributes)
  return chooseForm(recording, window).overFilter(recording, { x: x!, dy: dy!, window, attributes, filterShape })
}

export const convolutionKernels: KernelTable = {
  Conv2D: convolution,
  FusedConv2D: fused(convolution),
  Conv2DBackpropInput: convolutionOverInput,
  Conv2DBackpropFilter: convolutionOverFilter,
  Conv3D: convolution,
  Conv3DBackpropInputV2: convolutionOverInput,
  Conv3DBackpropFilterV2: convolutionOverFilter,
  ...depthwiseKernels,
}
