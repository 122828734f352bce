import type { TensorInfo } from '@tensorflow/tfjs-core'
import type { Recording } from '../../recording/recording.ts'
import type { Window, WindowAttributes } from '../window.ts'

/** What the three operations of a convolution know of it. */
interface ConvolutionParts {
  readonly window: Window
  readonly attributes: WindowAttributes
}

/** A way to write a convolution and its two gradients as ONNX nodes; all ways give the same numbers up to rounding. */
export interface ConvolutionForm {
  /** y = x ∗ w. */
  forward(
    recording: Recording,
    parts: ConvolutionParts & { readonly x: TensorInfo; readonly filter: TensorInfo },
  ): TensorInfo
  /** dx: dy, of the forward convolution's output shape, and w. */
  overInput(
    recording: Recording,
    parts: ConvolutionParts & { readonly dy: TensorInfo; readonly filter: TensorInfo },
  ): TensorInfo
  /** dw. */
  overFilter(
    recording: Recording,
    parts: ConvolutionParts & {
      readonly x: TensorInfo
      readonly dy: TensorInfo
      readonly filterShape: readonly number[]
    },
  ): TensorInfo
}
