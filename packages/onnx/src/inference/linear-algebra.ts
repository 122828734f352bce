import type { Dimension } from '@gantry/core'
import { broadcastShapes } from './broadcast.ts'
import { type Inference, type NodeContext, shapeText } from './node-context.ts'

const matMul: Inference = (context) => {
  const [left, right] = [context.input(0), context.input(1)]
  context.expectSameDtype(0, 1)
  if (left.shape.length === 0 || right.shape.length === 0) context.fail('a scalar is no matrix')
  // A vector is a row on the left and a column on the right; its axis of length 1 is dropped again.
  const rows = left.shape.length === 1 ? [1, ...left.shape] : left.shape
  const columns = right.shape.length === 1 ? [...right.shape, 1] : right.shape
  context.unify(
    rows.at(-1)!,
    columns.at(-2)!,
    () =>
      `${shapeText(left.shape)} has ${rows.at(-1)} columns but ${shapeText(right.shape)} has ${columns.at(-2)} rows`,
  )
  const batch = broadcastShapes(context, rows.slice(0, -2), columns.slice(0, -2))
  const shape = [
    ...batch,
    ...(left.shape.length === 1 ? [] : [rows.at(-2)!]),
    ...(right.shape.length === 1 ? [] : [columns.at(-1)!]),
  ]
  return [{ dtype: left.dtype, shape }]
}

const gemm: Inference = (context) => {
  const [left, right] = [context.expectRank(0, 2), context.expectRank(1, 2)]
  context.expectSameDtype(0, 1, 2)
  const [rows, inner] = transposed(left.shape, context.int('transA', 0))
  const [otherInner, columns] = transposed(right.shape, context.int('transB', 0))
  context.unify(
    inner,
    otherInner,
    () =>
      `${shapeText([rows, inner])} has ${inner} columns but ${shapeText([otherInner, columns])} has ${otherInner} rows`,
  )
  const shape = [rows, columns]
  const bias = context.optional(2)
  if (
    bias !== undefined &&
    broadcastShapes(context, shape, bias.shape).some((length, axis) => grows(length, shape[axis]))
  ) {
    context.fail(`the bias ${shapeText(bias.shape)} does not broadcast to the product ${shapeText(shape)}`)
  }
  return [{ dtype: left.dtype, shape }]
}

function transposed(shape: readonly Dimension[], flag: number): [Dimension, Dimension] {
  const [first, second] = shape as [Dimension, Dimension]
  return flag === 1 ? [second, first] : [first, second]
}

function grows(length: Dimension, allowed: Dimension | undefined): boolean {
  return typeof length === 'number' && typeof allowed !== 'string' && length !== allowed
}

const einsum: Inference = (context) => {
  const equation = context.node.attributes.equation?.value
  if (typeof equation !== 'string' || equation.includes('...')) return []
  const [left = '', right] = equation.replaceAll(' ', '').split('->')
  const terms = left.split(',')
  const lengths = labelLengths(context, terms, equation)
  const letters = [...left.replaceAll(',', '')]
  // Without an arrow the result has the letters that occur once, in alphabetical order.
  const result = right ?? letters.filter((letter) => letters.indexOf(letter) === letters.lastIndexOf(letter)).sort()
  return [{ dtype: context.input(0).dtype, shape: [...result].map((letter) => lengths.get(letter) ?? 1) }]
}

function labelLengths(context: NodeContext, terms: readonly string[], equation: string): Map<string, Dimension> {
  const lengths = new Map<string, Dimension>()
  for (const [index, term] of terms.entries()) {
    const { shape } = context.expectRank(index, term.length)
    for (const [axis, letter] of [...term].entries()) {
      const [known, length] = [lengths.get(letter), shape[axis]!]
      const mismatch = () => `'${letter}' of '${equation}' is ${known} but ${length} in ${shapeText(shape)}`
      lengths.set(
        letter,
        known === undefined || known === 1 ? length : length === 1 ? known : context.unify(known, length, mismatch),
      )
    }
  }
  return lengths
}

/** Products of matrices. */
export const linearAlgebra: Readonly<Record<string, Inference>> = {
  Einsum: einsum,
  Gemm: gemm,
  MatMul: matMul,
}
