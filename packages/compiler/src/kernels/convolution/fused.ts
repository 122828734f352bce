import type { TensorInfo } from '@tensorflow/tfjs-core'
import type { Recording } from '../../recording/recording.ts'
import { activate, type FusedAttributes } from '../activation.ts'
import { binaryKernels } from '../binary.ts'
import type { Kernel, KernelInputs } from '../kernel.ts'
import { isChannelsLast, type WindowAttributes } from '../window.ts'

/** One number a channel, of images in either format. */
function perChannel(recording: Recording, values: TensorInfo, attributes: WindowAttributes): TensorInfo {
  if (isChannelsLast(attributes) || values.shape.length !== 1) return values
  return recording.keepValue(recording.reshaped(recording.value(values), [values.shape[0]!, 1, 1]))
}

/** A convolution that goes on with a bias and an activation. */
export function fused(
  convolve: (recording: Recording, inputs: KernelInputs, attributes: WindowAttributes) => TensorInfo,
): Kernel {
  return (recording, inputs: KernelInputs, attributes: WindowAttributes & FusedAttributes) => {
    const { bias, preluActivationWeights } = inputs
    const slopes = preluActivationWeights && perChannel(recording, preluActivationWeights, attributes)
    const x = convolve(recording, inputs, attributes)
    if (!bias) return activate(recording, x, attributes, slopes)
    const sum = binaryKernels.Add!(recording, { a: x, b: perChannel(recording, bias, attributes) }, {}) as TensorInfo
    return activate(recording, sum, attributes, slopes)
  }
}
