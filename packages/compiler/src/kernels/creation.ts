import type { RecordedDType } from '../recording/recorded-value.ts'
import { dtypeOf, type KernelInputs, type KernelTable } from './kernel.ts'

export const creationKernels: KernelTable = {
  Fill: (
    recording,
    _inputs: KernelInputs,
    { shape, value, dtype }: { shape: number[]; value: number; dtype?: RecordedDType },
  ) => recording.keepUniform(value, dtype ?? 'float32', shape),
  ZerosLike: (recording, { x }: KernelInputs) => recording.keepUniform(0, dtypeOf(x!), x!.shape),
  OnesLike: (recording, { x }: KernelInputs) => recording.keepUniform(1, dtypeOf(x!), x!.shape),
  Range: (
    recording,
    _inputs: KernelInputs,
    { start, stop, step, dtype }: { start: number; stop: number; step: number; dtype: RecordedDType },
  ) => {
    // A step of 1 is what TF.js fills in when the program gives none.
    const stride = stop < start && step === 1 ? -1 : step
    const length = Math.max(Math.ceil((stop - start) / stride), 0)
    const numbers = Array.from({ length }, (_, index) => start + index * stride)
    const values = dtype === 'float32' ? Float32Array.from(numbers) : Int32Array.from(numbers)
    return recording.keepValue({
      dtype,
      shape: [length],
      permutation: [0],
      stored: [length],
      source: { kind: 'constant', values },
    })
  },
  LinSpace: (recording, _inputs: KernelInputs, { start, stop, num }: { start: number; stop: number; num: number }) => {
    const step = num === 1 ? 0 : (stop - start) / (num - 1)
    const values = Float32Array.from({ length: num }, (_, index) => start + index * step)
    return recording.keepValue({
      dtype: 'float32',
      shape: [num],
      permutation: [0],
      stored: [num],
      source: { kind: 'constant', values },
    })
  },
}
