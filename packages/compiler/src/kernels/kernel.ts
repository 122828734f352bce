import type { TensorInfo } from '@tensorflow/tfjs-core'
import type { RecordedDType } from '../recording/recorded-value.ts'
import type { Recording } from '../recording/recording.ts'

/** Inputs of a TF.js kernel by name. Optional inputs can be undefined or null. */
export type KernelInputs = Readonly<Record<string, TensorInfo>>

/** Records one TF.js kernel. `attributes` are the kernel's own, as documented in TF.js. */
// biome-ignore lint/suspicious/noExplicitAny: every kernel has attributes of its own shape
export type Kernel = (recording: Recording, inputs: any, attributes: any) => TensorInfo | TensorInfo[]

/** Kernels of one family, by TF.js kernel name. */
export type KernelTable = Readonly<Record<string, Kernel>>

export function dtypeOf(info: TensorInfo): RecordedDType {
  return info.dtype as RecordedDType
}
