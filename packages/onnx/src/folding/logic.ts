import type { NDArray } from '@gantry/core'
import { combine } from './arithmetic.ts'
import { type Evaluation, elementsOf, emptyLike, isInteger } from './evaluation.ts'

const compare =
  (emit: (left: number, right: number) => boolean): Evaluation =>
  (context, [output]) => [
    combine(output!, [context.array(0)!, context.array(1)!], ([left, right]) => emit(left!, right!)),
  ]

const test =
  (emit: (value: number) => boolean): Evaluation =>
  (context, [output]) => {
    const source = context.array(0)!
    return source.dtype === 'int64' ? undefined : [combine(output!, [source], ([value]) => emit(value!))]
  }

const where: Evaluation = (context, [output]) => [
  combine(output!, [context.array(0)!, context.array(1)!, context.array(2)!], ([condition, left, right]) =>
    condition ? left! : right!,
  ),
]

/** ONNX says nothing of floats that an integer cannot hold. */
function fitsIntegers({ data }: NDArray, low: number, high: number): boolean {
  for (const value of data) if (!(Number(value) >= low && Number(value) <= high)) return false
  return true
}

const cast: Evaluation = (context, [output]) => {
  const source = context.array(0)!
  const { dtype } = output!
  if (source.dtype === dtype) return [source]
  const fromFloat = source.dtype.startsWith('float')
  if (fromFloat && isInteger(dtype)) {
    const [low, high] = dtype === 'uint8' ? [0, 255] : [-(2 ** 31), 2 ** 31 - 1]
    if (!fitsIntegers(source, low, high)) return undefined
  }
  // By way of a double, a large integer would be rounded twice.
  const roundsTwice = source.dtype === 'int64' && dtype === 'float32'
  if (roundsTwice && !fitsIntegers(source, -(2 ** 53), 2 ** 53)) return undefined
  const result = emptyLike(output!)
  const target = elementsOf(result)
  for (const [index, value] of source.data.entries()) {
    if (dtype === 'bool') target[index] = Number(value) === 0 ? 0 : 1
    else if (dtype === 'int64') target[index] = BigInt(Math.trunc(Number(value))) as never
    // A typed array cuts off digits and the bits that do not fit.
    else target[index] = typeof value === 'bigint' ? Number(isInteger(dtype) ? BigInt.asIntN(32, value) : value) : value
  }
  return [result]
}

/** Comparisons, connectives and choices; booleans are 0 and 1. */
export const logicEvaluations: Readonly<Record<string, Evaluation>> = {
  And: compare((left, right) => left !== 0 && right !== 0),
  Cast: cast,
  Equal: compare((left, right) => left === right),
  Greater: compare((left, right) => left > right),
  GreaterOrEqual: compare((left, right) => left >= right),
  IsNaN: test(Number.isNaN),
  Less: compare((left, right) => left < right),
  LessOrEqual: compare((left, right) => left <= right),
  Not: test((value) => value === 0),
  Or: compare((left, right) => left !== 0 || right !== 0),
  Where: where,
  Xor: compare((left, right) => (left !== 0) !== (right !== 0)),
}
