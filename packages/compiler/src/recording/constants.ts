import { gatherStrided, invertPermutation, type NDArray, ndarray, sizeOfShape } from '@gantry/core'
import { programError } from '../errors.ts'
import { currentPlace } from '../programs/place.ts'
import { identity, isIdentity } from './layout.ts'
import { moveOnes } from './layout-algebra.ts'
import { type ConstantValues, type RecordedDType, type RecordedValue, uniformNumber } from './recorded-value.ts'

export function constantArray(dtype: RecordedDType, shape: readonly number[], values: ArrayLike<number>): NDArray {
  if (dtype === 'float32') return ndarray('float32', shape, Float32Array.from(values))
  if (dtype === 'int32') return ndarray('int32', shape, Int32Array.from(values))
  return ndarray('bool', shape, Uint8Array.from(values))
}

/** A value that repeats one number; stored with ones everywhere. */
export function uniformValue(number: number, dtype: RecordedDType, shape: readonly number[]): RecordedValue {
  const values = constantArray(dtype, [1], [number]).data as ConstantValues
  return {
    dtype,
    shape,
    permutation: identity(shape.length),
    stored: shape.map(() => 1),
    source: { kind: 'constant', values },
  }
}

/** A constant as the backend received it: arrays of one repeated number shrink to that number. */
export function constantValue(values: ConstantValues, dtype: RecordedDType, shape: readonly number[]): RecordedValue {
  const [first] = values
  if (first !== undefined && values.every((value) => Object.is(value, first))) return uniformValue(first, dtype, shape)
  return { dtype, shape, permutation: identity(shape.length), stored: shape, source: { kind: 'constant', values } }
}

/** A constant under another shape, where its numbers keep their order in memory. Undefined otherwise, and for what is none. */
export function reshapedConstant(value: RecordedValue, shape: readonly number[]): RecordedValue | undefined {
  if (value.source.kind !== 'constant') return undefined
  const number = uniformNumber(value)
  if (number !== undefined) return uniformValue(number, value.dtype, shape)
  const moved = moveOnes(value, shape)
  if (moved !== undefined) return { ...value, ...moved, shape }
  if (sizeOfShape(value.stored) !== sizeOfShape(shape) || !isIdentity(value.permutation)) return undefined
  return { ...value, shape, permutation: identity(shape.length), stored: shape }
}

/**
 * All numbers of a constant, in logical order.
 *
 * @throws UnsupportedError `READ_WHILE_RECORDING` for anything that is no constant.
 */
export function constantNumbers({ dtype, shape, permutation, stored, source }: RecordedValue): ConstantValues {
  if (source.kind !== 'constant') {
    const place = currentPlace()
    throw programError(
      'READ_WHILE_RECORDING',
      `${place ?? 'The program'} reads the numbers of a tensor of shape [${shape}] while it is recorded, but they are known only when the graph runs.`,
      'Return the tensor as a result, or compute with tensor operations (tf.where, tf.gather) rather than with data(), dataSync() or arraySync().',
    )
  }
  const places = invertPermutation(permutation)
  // How far a step along a logical axis goes in memory; nowhere along an axis that repeats.
  const strides = shape.map((_, axis) => {
    const place = places[axis]!
    return stored[place] === 1 ? 0 : sizeOfShape(stored.slice(place + 1))
  })
  return gatherStrided(source.values, ndarray(dtype, shape).data as ConstantValues, shape, strides)
}
