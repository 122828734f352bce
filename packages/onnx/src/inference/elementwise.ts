import type { DType } from '@gantry/core'
import { dtypeOf } from '../codec/data-types.ts'
import { broadcastShapes } from './broadcast.ts'
import { type Inference, type NodeContext, shapeText } from './node-context.ts'

/** One element in, one element out, of the same dtype. */
const same: Inference = (context) => [context.input(0)]

const test: Inference = (context) => [{ dtype: 'bool', shape: context.input(0).shape }]

const cast: Inference = (context) => {
  const dtype = dtypeOf(context.int('to', 0))
  return dtype === undefined ? [] : [{ dtype, shape: context.input(0).shape }]
}

function broadcastInputs(context: NodeContext, dtype: DType) {
  return [{ dtype, shape: broadcastShapes(context, ...context.inputs.map(({ shape }) => shape)) }]
}

const arithmetic: Inference = (context) => {
  context.expectSameDtype(...context.inputs.keys())
  return broadcastInputs(context, context.input(0).dtype)
}

/** The exponent may be of another dtype than the base. */
const power: Inference = (context) => broadcastInputs(context, context.input(0).dtype)

const comparison: Inference = (context) => {
  context.expectSameDtype(0, 1)
  return broadcastInputs(context, 'bool')
}

const where: Inference = (context) => {
  if (context.input(0).dtype !== 'bool') {
    context.fail(`the condition is ${context.input(0).dtype} but must be bool`, 'Cast it.', 'DTYPE_MISMATCH')
  }
  context.expectSameDtype(1, 2)
  return broadcastInputs(context, context.input(1).dtype)
}

/** The slope broadcasts to the input, never the other way round. */
const parametricRelu: Inference = (context) => {
  const [input, slope] = [context.input(0), context.input(1)]
  const shape = broadcastShapes(context, input.shape, slope.shape)
  if (shape.length !== input.shape.length) {
    context.fail(`the slope ${shapeText(slope.shape)} does not broadcast to the input ${shapeText(input.shape)}`)
  }
  return [{ dtype: input.dtype, shape }]
}

const dropout: Inference = (context) => {
  const { dtype, shape } = context.input(0)
  return [
    { dtype, shape },
    { dtype: 'bool', shape },
  ]
}

/** Operators that work element by element, with or without broadcasting. */
export const elementwise: Readonly<Record<string, Inference>> = {
  Abs: same,
  Acos: same,
  Acosh: same,
  Asin: same,
  Asinh: same,
  Atan: same,
  Atanh: same,
  BitShift: arithmetic,
  Cast: cast,
  Ceil: same,
  Celu: same,
  Clip: same,
  Cos: same,
  Cosh: same,
  CumSum: same,
  Dropout: dropout,
  Elu: same,
  Erf: same,
  Exp: same,
  Floor: same,
  HardSigmoid: same,
  HardSwish: same,
  Hardmax: same,
  Identity: same,
  IsInf: test,
  IsNaN: test,
  LeakyRelu: same,
  Log: same,
  LogSoftmax: same,
  Neg: same,
  Not: test,
  PRelu: parametricRelu,
  Reciprocal: same,
  Relu: same,
  Round: same,
  Selu: same,
  Sigmoid: same,
  Sign: same,
  Sin: same,
  Sinh: same,
  Softmax: same,
  Softplus: same,
  Softsign: same,
  Sqrt: same,
  Tan: same,
  Tanh: same,
  ThresholdedRelu: same,
  Trilu: same,

  Add: arithmetic,
  Div: arithmetic,
  Max: arithmetic,
  Mean: arithmetic,
  Min: arithmetic,
  Mod: arithmetic,
  Mul: arithmetic,
  Pow: power,
  Sub: arithmetic,
  Sum: arithmetic,
  Where: where,

  And: comparison,
  Equal: comparison,
  Greater: comparison,
  GreaterOrEqual: comparison,
  Less: comparison,
  LessOrEqual: comparison,
  Or: comparison,
  Xor: comparison,
}
