import { attribute } from '@gantry/onnx'
import type { TensorInfo } from '@tensorflow/tfjs-core'
import type { RecordedDType } from '../recording/recorded-value.ts'
import type { Recording } from '../recording/recording.ts'

/** Indices as ONNX wants them where int32 is not enough. */
export function int64(recording: Recording, indices: TensorInfo): string {
  return toInt64(recording, recording.place(indices))
}

export function toInt64(recording: Recording, name: string): string {
  return recording.node('Cast', [name], { to: attribute.int(7) })
}

export function toInt32(recording: Recording, name: string): string {
  return recording.node('Cast', [name], { to: attribute.int(6) })
}

/** The numbers of a constant, or undefined where they are known only when the graph runs. */
export function knownNumbers(recording: Recording, info: TensorInfo): readonly number[] | undefined {
  const { source } = recording.value(info)
  return source.kind === 'constant' ? Array.from(source.values) : undefined
}

/** A graph value of this shape that repeats one number. */
export function filled(recording: Recording, number: number, dtype: RecordedDType, shape: readonly number[]): string {
  return recording.node('Expand', [recording.scalar(number, dtype), recording.integers(shape)])
}
