import * as tf from '@tensorflow/tfjs-core'
import { unsupportedKernel } from '../errors.ts'
import { RECORDING_BACKEND, type RecordingBackend } from '../recording/recording-backend.ts'
import { binaryKernels } from './binary.ts'
import { convolutionKernels } from './convolution/convolution.ts'
import { creationKernels } from './creation.ts'
import { imageKernels } from './image.ts'
import { indexingKernels } from './indexing.ts'
import type { Kernel, KernelInputs, KernelTable } from './kernel.ts'
import { linearAlgebraKernels } from './linear-algebra.ts'
import { movementKernels } from './movement.ts'
import { normalizationKernels } from './normalization.ts'
import { poolingKernels } from './pooling.ts'
import { reductionKernels } from './reduction.ts'
import { refusalOf } from './refusals.ts'
import { resamplingKernels } from './resampling.ts'
import { scatteringKernels } from './scattering.ts'
import { spaceBatchKernels } from './space-batch.ts'
import { unaryKernels } from './unary.ts'

/** Every TF.js kernel that can be recorded. */
export const kernels: KernelTable = {
  ...unaryKernels,
  ...binaryKernels,
  ...reductionKernels,
  ...movementKernels,
  ...spaceBatchKernels,
  ...indexingKernels,
  ...scatteringKernels,
  ...linearAlgebraKernels,
  ...convolutionKernels,
  ...poolingKernels,
  ...resamplingKernels,
  ...imageKernels,
  ...normalizationKernels,
  ...creationKernels,
}

/** Names of all kernels that this version of TF.js has: its kernel_names module exports each under its own name. */
export function knownKernels(): string[] {
  return Object.entries(tf).flatMap(([name, value]) => (name === value ? [name] : []))
}

/** Refuses by name and shape, where TF.js would only say that the kernel is not registered. */
function refuse(kernel: string): Kernel {
  const refusal = refusalOf(kernel)
  return (recording, inputs: KernelInputs) => {
    const shapes = Object.entries(inputs).flatMap(([name, info]) => (info ? [`${name}: [${info.shape}]`] : []))
    throw unsupportedKernel(
      kernel,
      `${refusal === undefined ? '' : `${refusal.reason}; `}inputs ${shapes.join(', ') || 'none'}`,
      recording.lastRead,
      refusal?.instead ?? 'Write it with other operations, or run this model on the TF.js engine.',
    )
  }
}

let registered = false

/** Registers the kernels with TF.js, once. */
export function registerKernels(): void {
  if (registered) return
  registered = true
  const refused = knownKernels().filter((name) => name !== tf.Identity && kernels[name] === undefined)
  const all: KernelTable = { ...kernels, ...Object.fromEntries(refused.map((name) => [name, refuse(name)])) }
  tf.registerKernel({
    kernelName: tf.Identity,
    backendName: RECORDING_BACKEND,
    // The same data under another name, as on TF.js's own backends, which count references.
    kernelFunc: ({ inputs, backend }) => {
      const { dataId, shape, dtype } = inputs.x!
      ;(backend as RecordingBackend).incRef(dataId)
      return { dataId, shape, dtype }
    },
  })
  for (const [kernelName, kernel] of Object.entries(all)) {
    tf.registerKernel({
      kernelName,
      backendName: RECORDING_BACKEND,
      kernelFunc: ({ inputs, attrs, backend }) =>
        (backend as RecordingBackend).apply(kernel, inputs as KernelInputs, attrs ?? {}),
    })
  }
}
