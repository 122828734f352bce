import { type DType, type NDArray, visitRuns } from '@gantry/core'
import { type Elements, type Evaluation, elementsOf, emptyLike, isInteger, type StaticSpec } from './evaluation.ts'
import { broadcastStrides, walk } from './strided.ts'

type Unary = (value: number) => number
type Binary<Value> = (left: Value, right: Value) => Value

/** Combines arrays element by element, with NumPy's broadcasting. */
export function combine(
  output: StaticSpec,
  operands: readonly NDArray[],
  emit: (values: readonly number[]) => number | boolean,
): NDArray {
  const result = emptyLike(output)
  const target = elementsOf(result)
  const sources = operands.map(elementsOf)
  const values = sources.map(() => 0)
  const strides = operands.map(({ shape }) => broadcastStrides(shape, output.shape))
  walk(output.shape, strides, (index, offsets) => {
    for (let operand = 0; operand < sources.length; operand++) values[operand] = sources[operand]![offsets[operand]!]!
    target[index] = emit(values) as number
  })
  return result
}

/** A function of floats, computed in float64 and rounded once. */
const float =
  (emit: Unary): Evaluation =>
  (context, [output]) => {
    if (!output!.dtype.startsWith('float')) return undefined
    return [mapped(output!, elementsOf(context.array(0)!), emit)]
  }

/** A function of any numbers; BigInt where the dtype is int64. */
const numeric =
  (emit: Unary, emitBig: (value: bigint) => bigint): Evaluation =>
  (context, [output]) => {
    if (output!.dtype === 'bool') return undefined
    const chosen = output!.dtype === 'int64' ? (emitBig as unknown as Unary) : emit
    return [mapped(output!, elementsOf(context.array(0)!), chosen)]
  }

function mapped(output: StaticSpec, source: Elements, emit: Unary): NDArray {
  const result = emptyLike(output)
  const target = elementsOf(result)
  for (let index = 0; index < source.length; index++) target[index] = emit(source[index]!)
  return result
}

interface Arithmetic {
  readonly float: Binary<number>
  readonly int32: Binary<number>
  readonly int64: Binary<bigint>
  /** Operands of integers for which nothing is defined. */
  readonly undefinedFor?: (dtype: DType, right: Elements) => boolean
}

/** Folds the operands from the left; float32 is rounded after every step, as ONNX Runtime does. */
const arithmetic =
  ({ float, int32, int64, undefinedFor }: Arithmetic): Evaluation =>
  (context, [output]) => {
    const { dtype } = output!
    const operands = context.node.inputs.map((_, index) => context.array(index)!)
    if (dtype === 'bool' || dtype === 'uint8') return undefined
    if (operands.slice(1).some((operand) => undefinedFor?.(dtype, elementsOf(operand)))) return undefined
    const step = (dtype === 'int64' ? int64 : dtype === 'int32' ? int32 : float) as Binary<number>
    const [first, second, ...others] = operands
    if (second === undefined) return [combine(output!, operands, ([value]) => value!)]
    return [others.reduce((left, right) => pair(output!, left, right, step), pair(output!, first!, second, step))]
  }

/** Two arrays element by element, with NumPy's broadcasting: of every weight of a large network, so with nothing around the loop. */
function pair(output: StaticSpec, left: NDArray, right: NDArray, step: Binary<number>): NDArray {
  const result = emptyLike(output)
  const [target, lefts, rights] = [elementsOf(result), elementsOf(left), elementsOf(right)]
  const strides = [left, right].map(({ shape }) => broadcastStrides(shape, output.shape))
  visitRuns(output.shape, strides, ({ index, length, offsets, steps }) => {
    const [leftStep, rightStep] = steps as [number, number]
    let [from, to] = offsets as [number, number]
    for (let place = index; place < index + length; place++) {
      // The array rounds what it is given to its own dtype.
      target[place] = step(lefts[from]!, rights[to]!)
      from += leftStep
      to += rightStep
    }
  })
  return result
}

/** No integer is divided by zero. */
const divisionByZero = (dtype: DType, right: Elements) =>
  isInteger(dtype) && Array.prototype.some.call(right, (value) => Number(value) === 0)

/** The remainder has the divisor's sign, as in Python; `fmod` gives it the dividend's. */
const remainder: Evaluation = (context, outputs) => {
  if (context.int('fmod', 0) === 1) {
    const truncated = <Value extends number | bigint>(left: Value, right: Value) =>
      ((left as number) % (right as number)) as Value
    return arithmetic({ float: truncated, int32: truncated, int64: truncated, undefinedFor: divisionByZero })(
      context,
      outputs,
    )
  }
  return arithmetic({
    float: () => Number.NaN,
    int32: (left, right) => left - right * Math.floor(left / right),
    int64: (left, right) => ((left % right) + right) % right,
    undefinedFor: (dtype, right) => !isInteger(dtype) || divisionByZero(dtype, right),
  })(context, outputs)
}

/** The base decides the dtype; powers of integers are left to the engine. */
const power: Evaluation = (context, [output]) => {
  const [base, exponent] = [context.array(0)!, context.array(1)!]
  if (!output!.dtype.startsWith('float') || exponent.dtype === 'int64') return undefined
  return [combine(output!, [base, exponent], ([value, by]) => value! ** by!)]
}

const clip: Evaluation = (context, [output]) => {
  const limit = (index: number) => context.array(index)?.data[0] as number | undefined
  const [low, high] = [limit(1), limit(2)]
  if (context.has(1) !== (low !== undefined) || context.has(2) !== (high !== undefined)) return undefined
  return [
    mapped(output!, elementsOf(context.array(0)!), (value) => {
      const raised = low !== undefined && value < low ? low : value
      return high !== undefined && raised > high ? high : raised
    }),
  ]
}

/** To the nearest integer, halves to the even one. */
function roundHalfToEven(value: number): number {
  const floor = Math.floor(value)
  const distance = value - floor
  if (distance !== 0.5) return distance < 0.5 ? floor : floor + 1
  return floor % 2 === 0 ? floor : floor + 1
}

/** Arithmetic on numbers. Exact in float32 for + - · / and √; within an ulp or two of ONNX Runtime for functions such as exp. */
export const arithmeticEvaluations: Readonly<Record<string, Evaluation>> = {
  Abs: numeric(Math.abs, (value) => (value < 0n ? -value : value)),
  Ceil: float(Math.ceil),
  Cos: float(Math.cos),
  Exp: float(Math.exp),
  Floor: float(Math.floor),
  LeakyRelu: (context, outputs) => {
    const slope = Math.fround(context.float('alpha', 0.01))
    return float((value) => (value >= 0 ? value : slope * value))(context, outputs)
  },
  Log: float(Math.log),
  Neg: numeric(
    (value) => -value,
    (value) => -value,
  ),
  Reciprocal: float((value) => 1 / value),
  Relu: float((value) => Math.max(value, 0)),
  Round: float(roundHalfToEven),
  Sigmoid: float((value) => 1 / (1 + Math.exp(-value))),
  Sign: numeric(Math.sign, (value) => (value > 0n ? 1n : value < 0n ? -1n : 0n)),
  Sin: float(Math.sin),
  Softplus: float((value) => Math.max(value, 0) + Math.log1p(Math.exp(-Math.abs(value)))),
  Sqrt: float(Math.sqrt),
  Tan: float(Math.tan),
  Tanh: float(Math.tanh),

  Add: arithmetic({
    float: (left, right) => left + right,
    int32: (left, right) => left + right,
    int64: (left, right) => left + right,
  }),
  Div: arithmetic({
    float: (left, right) => left / right,
    int32: (left, right) => Math.trunc(left / right),
    int64: (left, right) => left / right,
    undefinedFor: divisionByZero,
  }),
  Max: arithmetic({
    float: Math.max,
    int32: Math.max,
    int64: (left, right) => (left - right > 0n ? left : right),
  }),
  Min: arithmetic({
    float: Math.min,
    int32: Math.min,
    int64: (left, right) => (left - right < 0n ? left : right),
  }),
  Mod: remainder,
  Mul: arithmetic({
    float: (left, right) => left * right,
    int32: Math.imul,
    int64: (left, right) => left * right,
  }),
  Pow: power,
  Sub: arithmetic({
    float: (left, right) => left - right,
    int32: (left, right) => left - right,
    int64: (left, right) => left - right,
  }),
  Sum: arithmetic({
    float: (left, right) => left + right,
    int32: (left, right) => left + right,
    int64: (left, right) => left + right,
  }),
  Clip: clip,
}
