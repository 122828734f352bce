import type { TensorInfo } from '@tensorflow/tfjs-core'
import { unsupportedKernel } from '../errors.ts'
import type { Recording } from '../recording/recording.ts'
import { binaryKernels } from './binary.ts'
import { unaryKernels } from './unary.ts'

/** What TF.js asks of a kernel that is fused with an activation. */
export interface FusedAttributes {
  readonly activation?: string | null
  readonly leakyreluAlpha?: number
}

const kernelOf: Readonly<Record<string, string>> = {
  relu: 'Relu',
  relu6: 'Relu6',
  elu: 'Elu',
  sigmoid: 'Sigmoid',
  leakyrelu: 'LeakyRelu',
}

/** Applies the activation that a fused kernel names. */
export function activate(
  recording: Recording,
  x: TensorInfo,
  { activation, leakyreluAlpha }: FusedAttributes,
  prelu?: TensorInfo,
): TensorInfo {
  if (!activation || activation === 'linear') return x
  if (activation === 'prelu') return binaryKernels.Prelu!(recording, { x, alpha: prelu! }, {}) as TensorInfo
  const kernel = unaryKernels[kernelOf[activation] ?? '']
  if (kernel === undefined) {
    throw unsupportedKernel(
      'fused activation',
      activation,
      recording.lastRead,
      'Apply the activation as an operation of its own.',
    )
  }
  return kernel(recording, { x }, { alpha: leakyreluAlpha }) as TensorInfo
}
