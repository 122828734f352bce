/**
 * Content of small integer tensors: the shapes that graphs compute on the way (`Shape → Gather → Concat → Reshape`).
 * Elements may be symbolic, so that a symbolic batch survives the computation.
 */
import type { Dimension, DType, NDArray, TensorSpec } from '@gantry/core'
import {
  addDimensions,
  divideDimension,
  maximumDimension,
  multiplyDimensions,
  subtractDimensions,
} from './dimension.ts'
import type { NodeContext } from './node-context.ts'

type Vector = readonly Dimension[]
type Propagation = (context: NodeContext, output: TensorSpec) => Vector | undefined

/** Shapes have few axes; longer vectors are data. */
const MAXIMUM_LENGTH = 64

/** The elements of a scalar or vector of integers, unless it is too long to be a shape. */
export function vectorOf({ dtype, shape, data }: NDArray): Vector | undefined {
  const isInteger = dtype === 'int64' || dtype === 'int32'
  return isInteger && shape.length <= 1 && data.length <= MAXIMUM_LENGTH ? Array.from(data, Number) : undefined
}

const same: Propagation = (context) => context.vector(0)

/** Element by element; a single element meets every other. */
function elementwise(combine: (left: Dimension, right: Dimension) => Dimension): Propagation {
  return (context, { dtype }) => {
    const [left, right] = [context.vector(0), context.vector(1)]
    if (left === undefined || right === undefined || context.inputs.length !== 2) return undefined
    const length = left.length === 0 || right.length === 0 ? 0 : Math.max(left.length, right.length)
    const results = Array.from({ length }, (_, index) => combine(pick(left, index), pick(right, index)))
    // What a double does not hold exactly, or an int32 not at all, is computed as integers or not at all.
    const exact =
      [...left, ...right].every(isExact) && results.every((result) => isExact(result) && fits(result, dtype))
    return exact ? results : undefined
  }
}

function pick<Element>(vector: ArrayLike<Element>, index: number): Element {
  return vector[vector.length === 1 ? 0 : index]!
}

function isExact(length: Dimension): boolean {
  return typeof length === 'string' || Number.isSafeInteger(length)
}

function fits(length: Dimension, dtype: DType): boolean {
  return dtype !== 'int32' || typeof length === 'string' || length === (length | 0)
}

/** Integer division rounds towards zero. */
function divide(left: Dimension, right: Dimension): Dimension {
  return typeof left === 'number' && typeof right === 'number' ? Math.trunc(left / right) : divideDimension(left, right)
}

const shape: Propagation = (context) => context.input(0).shape.slice(context.int('start', 0), context.int('end'))

const size: Propagation = (context) => [multiplyDimensions(...context.input(0).shape)]

/** Picks by position; what lies outside is the engine's to refuse. */
const gather: Propagation = (context) => {
  const [vector, indices] = [context.vector(0), context.integers(1)]
  if (context.input(0).shape.length !== 1) return undefined
  const picked = indices?.map((index) => vector?.at(index))
  return picked?.every((element) => element !== undefined) ? picked : undefined
}

const slice: Propagation = (context) => {
  const vector = context.vector(0)
  const [start] = context.integers(1) ?? context.ints('starts') ?? []
  const [end] = context.integers(2) ?? context.ints('ends') ?? []
  const [step] = context.has(4) ? (context.integers(4) ?? []) : [1]
  if (vector === undefined || start === undefined || end === undefined || step === undefined) return undefined
  if (step > 0) return vector.slice(start, end).filter((_, index) => index % step === 0)
  return step === -1 && start === -1 && end < -vector.length ? vector.toReversed() : undefined
}

const concat: Propagation = (context) => {
  const vectors = context.node.inputs.map((_, index) => context.vector(index))
  return vectors.every((vector) => vector !== undefined) ? vectors.flat() : undefined
}

const constantOfShape: Propagation = (context, { shape: [length = 1] }) => {
  const value = context.tensor('value')?.data[0]
  return typeof length === 'number' && value !== undefined ? Array(length).fill(Number(value)) : undefined
}

const range: Propagation = (context, { shape: [length] }) => {
  const [start, delta] = [context.integers(0)?.[0], context.integers(2)?.[0]]
  if (typeof length !== 'number' || start === undefined || delta === undefined) return undefined
  if (!Number.isSafeInteger(start) || !Number.isSafeInteger(start + delta * length)) return undefined
  return Array.from({ length }, (_, index) => start + index * delta)
}

const cast: Propagation = (context, { dtype }) => {
  const vector = context.vector(0)
  return vector?.every((length) => fits(length, dtype)) ? vector : undefined
}

const product: Propagation = (context, { dtype }) => {
  const vector = context.vector(0)
  const nothing = context.int('noop_with_empty_axes', 0) === 1 && context.axes(1, 1).axes?.length !== 1
  if (vector === undefined || nothing) return undefined
  const result = multiplyDimensions(...vector)
  return vector.every(isExact) && isExact(result) && fits(result, dtype) ? [result] : undefined
}

const where: Propagation = (context, { shape: [length = 1] }) => {
  const condition = context.array(0)?.data as ArrayLike<number> | undefined
  const [left, right] = [context.vector(1), context.vector(2)]
  if (condition === undefined || left === undefined || right === undefined) return undefined
  return Array.from({ length: Number(length) }, (_, index) => pick(pick(condition, index) ? left : right, index))
}

const propagations: ReadonlyMap<string, Propagation> = new Map(
  Object.entries({
    Add: elementwise(addDimensions),
    Cast: cast,
    Concat: concat,
    ConstantOfShape: constantOfShape,
    Div: elementwise(divide),
    Flatten: same,
    Gather: gather,
    Identity: same,
    Max: elementwise(maximumDimension),
    Mul: elementwise(multiplyDimensions),
    Range: range,
    ReduceProd: product,
    Reshape: same,
    Shape: shape,
    Size: size,
    Slice: slice,
    Squeeze: same,
    Sub: elementwise(subtractDimensions),
    Unsqueeze: same,
    Where: where,
  }),
)

/** Content of a node's first output, where it is a computed shape and known. */
export function propagateVector(context: NodeContext, output: TensorSpec): Vector | undefined {
  const isInteger = output.dtype === 'int64' || output.dtype === 'int32'
  if (!isInteger || output.shape.length > 1) return undefined
  const [length = 1] = output.shape
  if (typeof length !== 'number' || length > MAXIMUM_LENGTH) return undefined
  const vector = propagations.get(context.node.operator)?.(context, output)
  return vector?.length === length ? vector : undefined
}
