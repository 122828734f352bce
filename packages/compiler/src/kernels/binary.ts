import type { TensorInfo } from '@tensorflow/tfjs-core'
import { broadcastShapes, sameShape } from '../recording/layout.ts'
import { type RecordedDType, uniformNumber } from '../recording/recorded-value.ts'
import type { Recording } from '../recording/recording.ts'
import { dtypeOf, type Kernel, type KernelInputs, type KernelTable } from './kernel.ts'
import { castTo } from './unary.ts'

type Emit = (recording: Recording, a: string, b: string) => string

const emitNode =
  (operator: string): Emit =>
  (recording, a, b) =>
    recording.node(operator, [a, b])

function combine(recording: Recording, a: TensorInfo, b: TensorInfo, dtype: RecordedDType, emit: Emit): TensorInfo {
  return recording.elementwise([a, b], dtype, ([left, right]) => emit(recording, left!, right!))
}

/** Arithmetic in the operands' dtype. `neutral` is the right operand that changes nothing, if there is one. */
function arithmetic(emit: Emit, neutral?: { readonly number: number; readonly commutes: boolean }): Kernel {
  return (recording, { a, b }: KernelInputs) => {
    const left = a!.dtype === 'bool' ? castTo(recording, a!, 'int32') : a!
    const right = b!.dtype === 'bool' ? castTo(recording, b!, 'int32') : b!
    const kept =
      neutral === undefined
        ? undefined
        : (keepsOther(recording, left, right, neutral.number) ??
          (neutral.commutes ? keepsOther(recording, right, left, neutral.number) : undefined))
    return kept ?? combine(recording, left, right, dtypeOf(left), emit)
  }
}

/** `value` broadcast to the common shape, when `other` repeats the neutral number. */
function keepsOther(
  recording: Recording,
  value: TensorInfo,
  other: TensorInfo,
  neutral: number,
): TensorInfo | undefined {
  if (uniformNumber(recording.value(other)) !== neutral) return undefined
  return broadcastTo(recording, value, broadcastShapes([value.shape, other.shape]))
}

/** The same value seen with repeated axes: nothing is computed until something needs the repeated numbers. */
export function broadcastTo(recording: Recording, info: TensorInfo, shape: readonly number[]): TensorInfo {
  if (sameShape(info.shape, shape)) return recording.keepValue(recording.value(info))
  return recording.keepValue(recording.broadcast(recording.value(info), shape))
}

const comparison =
  (operator: string): Kernel =>
  (recording, { a, b }: KernelInputs) => {
    // ONNX orders no booleans.
    const [left, right] =
      a!.dtype === 'bool' ? [castTo(recording, a!, 'int32'), castTo(recording, b!, 'int32')] : [a!, b!]
    return combine(recording, left, right, 'bool', emitNode(operator))
  }

const logical =
  (operator: string): Kernel =>
  (recording, { a, b }: KernelInputs) =>
    combine(recording, castTo(recording, a!, 'bool'), castTo(recording, b!, 'bool'), 'bool', emitNode(operator))

/** Quotient rounded towards minus infinity; ONNX truncates integers. */
const floorDivide: Kernel = (recording, { a, b }: KernelInputs) => {
  if (a!.dtype !== 'int32') {
    const quotient = combine(recording, a!, b!, 'float32', (_, x, y) =>
      recording.node('Floor', [recording.node('Div', [x, y])]),
    )
    // TF.js gives integers here, whatever it is given.
    return castTo(recording, quotient, 'int32')
  }
  return combine(recording, a!, b!, 'int32', (_, x, y) => {
    const quotient = recording.node('Div', [x, y])
    const rest = recording.node('Sub', [x, recording.node('Mul', [quotient, y])])
    const zero = recording.scalar(0, 'int32')
    const inexact = recording.node('Not', [recording.node('Equal', [rest, zero])])
    const signsDiffer = recording.node('Xor', [recording.node('Less', [rest, zero]), recording.node('Less', [y, zero])])
    const lower = recording.node('Sub', [quotient, recording.scalar(1, 'int32')])
    return recording.node('Where', [recording.node('And', [inexact, signsDiffer]), lower, quotient])
  })
}

/** Remainder with the divisor's sign. */
const floorModulo: Kernel = (recording, { a, b }: KernelInputs) =>
  combine(recording, a!, b!, dtypeOf(a!), (_, x, y) =>
    a!.dtype === 'int32'
      ? recording.node('Mod', [x, y])
      : recording.node('Sub', [
          x,
          recording.node('Mul', [y, recording.node('Floor', [recording.node('Div', [x, y])])]),
        ]),
  )

export const binaryKernels: KernelTable = {
  Add: arithmetic(emitNode('Add'), { number: 0, commutes: true }),
  Sub: arithmetic(emitNode('Sub'), { number: 0, commutes: false }),
  Multiply: arithmetic(emitNode('Mul'), { number: 1, commutes: true }),
  RealDiv: arithmetic(emitNode('Div'), { number: 1, commutes: false }),
  Maximum: arithmetic(emitNode('Max')),
  Minimum: arithmetic(emitNode('Min')),
  Pow: arithmetic(emitNode('Pow')),
  FloorDiv: floorDivide,
  Mod: floorModulo,
  SquaredDifference: arithmetic((recording, a, b) => {
    const difference = recording.node('Sub', [a, b])
    return recording.node('Mul', [difference, difference])
  }),
  AddN: (recording, inputs: readonly TensorInfo[]) =>
    recording.elementwise(inputs, dtypeOf(inputs[0]!), (names) =>
      names.reduce((sum, name) => recording.node('Add', [sum, name])),
    ),
  /** The angle of the point (b, a). */
  Atan2: (recording, { a, b }: KernelInputs) =>
    combine(recording, castTo(recording, a!, 'float32'), castTo(recording, b!, 'float32'), 'float32', (_, y, x) => {
      const node = (operator: string, ...inputs: string[]) => recording.node(operator, inputs)
      const zero = recording.scalar(0)
      const slope = node('Atan', node('Div', y, x))
      const turn = node('Where', node('Less', y, zero), recording.scalar(-Math.PI), recording.scalar(Math.PI))
      const angle = node('Where', node('Less', x, zero), node('Add', slope, turn), slope)
      const origin = node('And', node('Equal', y, zero), node('Equal', x, zero))
      return node('Where', origin, zero, angle)
    }),
  Prelu: (recording, { x, alpha }: KernelInputs) =>
    combine(
      recording,
      castTo(recording, x!, 'float32'),
      castTo(recording, alpha!, 'float32'),
      'float32',
      (_, value, slope) =>
        recording.node('Where', [
          recording.node('Less', [value, recording.scalar(0)]),
          recording.node('Mul', [value, slope]),
          value,
        ]),
    ),
  /** dy where y is not negative, dy·(y + 1) elsewhere: the gradient of elu by its output. */
  EluGrad: (recording, { dy, y }: KernelInputs) =>
    combine(recording, dy!, y!, 'float32', (_, gradient, output) => {
      const below = recording.node('Mul', [gradient, recording.node('Add', [output, recording.scalar(1)])])
      return recording.node('Where', [recording.node('Less', [output, recording.scalar(0)]), below, gradient])
    }),
  Equal: comparison('Equal'),
  NotEqual: (recording, inputs: KernelInputs) => {
    const equal = comparison('Equal')(recording, inputs, {}) as TensorInfo
    return recording.elementwise([equal], 'bool', ([name]) => recording.node('Not', [name!]))
  },
  Greater: comparison('Greater'),
  GreaterEqual: comparison('GreaterOrEqual'),
  Less: comparison('Less'),
  LessEqual: comparison('LessOrEqual'),
  LogicalAnd: logical('And'),
  LogicalOr: logical('Or'),
  LogicalXor: logical('Xor'),
  /** t where the condition holds, e elsewhere; a condition of rank 1 chooses whole entries of the first axis. */
  Select: (recording, { condition, t, e }: KernelInputs) => {
    const byEntry = condition!.shape.length === 1 && t!.shape.length > 1 && !sameShape(condition!.shape, t!.shape)
    const chosen = byEntry
      ? recording.keepValue(
          recording.reshaped(recording.value(condition!), [
            condition!.shape[0]!,
            ...new Array<number>(t!.shape.length - 1).fill(1),
          ]),
        )
      : condition!
    return recording.elementwise([castTo(recording, chosen, 'bool'), t!, e!], dtypeOf(t!), (names) =>
      recording.node('Where', names),
    )
  },
}
