import * as tf from '@tensorflow/tfjs-core'
import { unsupportedKernel } from '../errors.ts'
import { RECORDING_BACKEND, type RecordingBackend } from '../recording-backend.ts'
import { binaryKernels } from './binary.ts'
import { convolutionKernels } from './convolution.ts'
import { creationKernels } from './creation.ts'
import type { Kernel, KernelInputs, KernelTable } from './kernel.ts'
import { linearAlgebraKernels } from './linear-algebra.ts'
import { movementKernels } from './movement.ts'
import { normalizationKernels } from './normalization.ts'
import { poolingKernels } from './pooling.ts'
import { reductionKernels } from './reduction.ts'
import { resamplingKernels } from './resampling.ts'
import { unaryKernels } from './unary.ts'

/** Every TF.js kernel that can be recorded. */
export const kernels: KernelTable = {
  ...unaryKernels,
  ...binaryKernels,
  ...reductionKernels,
  ...movementKernels,
  ...linearAlgebraKernels,
  ...convolutionKernels,
  ...poolingKernels,
  ...resamplingKernels,
  ...normalizationKernels,
  ...creationKernels,
}

/** Names of all kernels that this version of TF.js has: its kernel_names module exports each under its own name. */
export function knownKernels(): string[] {
  return Object.entries(tf).flatMap(([name, value]) => (name === value ? [name] : []))
}

/** Refuses by name and shape, where TF.js would only say that the kernel is not registered. */
function refuse(kernel: string): Kernel {
  return (recording, inputs: KernelInputs) => {
    const shapes = Object.entries(inputs).flatMap(([name, info]) => (info ? [`${name}: [${info.shape}]`] : []))
    throw unsupportedKernel(
      kernel,
      `inputs ${shapes.join(', ') || 'none'}`,
      recording.lastRead,
      'Write it with other operations, or run this model on the TF.js engine.',
    )
  }
}

let registered = false

/** Registers the kernels with TF.js, once. */
export function registerKernels(): void {
  if (registered) return
  registered = true
  const all: KernelTable = { ...Object.fromEntries(knownKernels().map((name) => [name, refuse(name)])), ...kernels }
  for (const [kernelName, kernel] of Object.entries(all)) {
    tf.registerKernel({
      kernelName,
      backendName: RECORDING_BACKEND,
      kernelFunc: ({ inputs, attrs, backend }) => kernel((backend as RecordingBackend).recording, inputs, attrs ?? {}),
    })
  }
}
