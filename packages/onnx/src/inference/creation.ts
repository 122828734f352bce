import type { DType } from '@gantry/core'
import { dtypeOf } from '../codec/data-types.ts'
import { constantOf } from './constant.ts'
import type { Inference, NodeContext } from './node-context.ts'

const constant: Inference = (context) => {
  const array = constantOf(context.node)
  return array === undefined ? [] : [array]
}

const constantOfShape: Inference = (context) => {
  const dtype = context.tensor('value')?.dtype ?? 'float32'
  const shape = context.vector(0)
  if (shape !== undefined) return [{ dtype, shape }]
  const rank = context.expectRank(0, 1).shape[0]
  return typeof rank === 'number'
    ? [{ dtype, shape: Array.from({ length: rank }, (_, axis) => context.fresh(axis)) }]
    : []
}

const range: Inference = (context) => {
  const [start, limit, delta] = [0, 1, 2].map((index) => context.array(index)?.data[0] ?? context.vector(index)?.[0])
  context.expectSameDtype(0, 1, 2)
  const { dtype } = context.input(0)
  const length = rangeLength(start, limit, delta)
  if (length !== undefined) return [{ dtype, shape: [length] }]
  const counting = typeof limit === 'string' && Number(start) === 0 && Number(delta) === 1
  return [{ dtype, shape: [counting ? limit : context.fresh(0)] }]
}

type RangeEnd = number | bigint | string | undefined

/** Undefined where an end is not known, or too large for engines to count from it exactly. */
function rangeLength(...ends: readonly RangeEnd[]): number | undefined {
  const numbers = ends.map(Number)
  if (ends.some((end) => end === undefined || typeof end === 'string') || numbers[2] === 0) return undefined
  if (ends.every((end) => typeof end === 'bigint')) {
    const [start, limit, delta] = ends as readonly [bigint, bigint, bigint]
    if (!numbers.every(Number.isSafeInteger)) return undefined
    const [room, step] = delta > 0n ? [limit - start, delta] : [start - limit, -delta]
    return room <= 0n ? 0 : Number((room + step - 1n) / step)
  }
  const [start, limit, delta] = numbers as [number, number, number]
  const length = Math.ceil((limit - start) / delta)
  return Number.isFinite(length) ? Math.max(0, length) : undefined
}

const shape: Inference = (context) => {
  const axes = context.input(0).shape.slice(context.int('start', 0), context.int('end'))
  return [{ dtype: 'int64', shape: [axes.length] }]
}

const size: Inference = () => [{ dtype: 'int64', shape: [] }]

function randomDtype(context: NodeContext, fallback: DType): DType {
  return dtypeOf(context.int('dtype', 0)) ?? fallback
}

const random: Inference = (context) => [
  {
    dtype: randomDtype(context, 'float32'),
    shape: context.ints('shape') ?? context.fail("the attribute 'shape' is missing"),
  },
]

const randomLike: Inference = (context) => {
  const { dtype, shape } = context.input(0)
  return [{ dtype: randomDtype(context, dtype), shape }]
}

/** Operators that make tensors of constants, counts, shapes or chance. */
export const creation: Readonly<Record<string, Inference>> = {
  Constant: constant,
  ConstantOfShape: constantOfShape,
  RandomNormal: random,
  RandomNormalLike: randomLike,
  RandomUniform: random,
  RandomUniformLike: randomLike,
  Range: range,
  Shape: shape,
  Size: size,
}
