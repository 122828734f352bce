import { float32, type NDArray, ndarray } from '@gantry/core'
import type { Node } from '../graph.ts'
import { int64, int64Vector } from '../int64-vector.ts'

/** The array that a Constant node stands for; undefined for other nodes, and for text. */
export function constantOf({ operator, attributes }: Node): NDArray | undefined {
  if (operator !== 'Constant') return undefined
  const given =
    attributes.value ??
    attributes.value_int ??
    attributes.value_ints ??
    attributes.value_float ??
    attributes.value_floats
  switch (given?.type) {
    case 'tensor':
      return given.value
    case 'int':
      return ndarray('int64', [], BigInt64Array.of(int64(given.value)))
    case 'ints':
      return int64Vector(given.value)
    case 'float':
      return float32([], [given.value])
    case 'floats':
      return float32([given.value.length], given.value)
    default:
      return undefined
  }
}
