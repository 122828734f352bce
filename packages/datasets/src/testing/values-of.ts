import type { Batch, NDArray, TypedArrayOf } from '@gantry/core'

/** The numbers of a float32 field of a batch. */
export function floats(batch: Batch, field: string): Float32Array {
  return (batch[field] as NDArray<'float32'>).data
}

/** The numbers of an int32 field of a batch, such as its labels. */
export function integers(batch: Batch, field = 'label'): TypedArrayOf<'int32'> {
  return (batch[field] as NDArray<'int32'>).data
}
