import { attribute } from '@gantry/onnx'
import type { TensorInfo } from '@tensorflow/tfjs-core'
import type { RecordedDType } from '../recording/recorded-value.ts'
import type { Recording } from '../recording/recording.ts'
import { dtypeOf, type Kernel, type KernelInputs, type KernelTable } from './kernel.ts'

type Emit = (recording: Recording, x: string) => string

/** Appends a node that maps each element on its own. */
function mapElements(
  recording: Recording,
  x: TensorInfo,
  dtype: RecordedDType,
  emit: (x: string) => string,
): TensorInfo {
  return recording.elementwise([x], dtype, ([name]) => emit(name!))
}

/** A function of float32 numbers; other dtypes are converted first, as TF.js does. */
function float(emit: Emit): Kernel {
  return (recording, { x }: KernelInputs) =>
    mapElements(recording, castTo(recording, x!, 'float32'), 'float32', (name) => emit(recording, name))
}

/** A function that keeps the dtype, for every dtype that ONNX Runtime computes. */
function numeric(operator: string): Kernel {
  return (recording, { x }: KernelInputs) =>
    mapElements(recording, x!, dtypeOf(x!), (name) => recording.node(operator, [name]))
}

/** Integers are round already. */
function rounding(operator: string): Kernel {
  return (recording, { x }: KernelInputs) =>
    x!.dtype === 'float32'
      ? mapElements(recording, x!, 'float32', (name) => recording.node(operator, [name]))
      : recording.keepValue(recording.value(x!))
}

const operator = (name: string) => float((recording, x) => recording.node(name, [x]))

/** The same numbers in another dtype; TF.js truncates towards zero and maps every nonzero number to true. */
export function castTo(recording: Recording, x: TensorInfo, dtype: RecordedDType): TensorInfo {
  if (x.dtype === dtype) return x
  const code = { float32: 1, int32: 6, bool: 9 }[dtype]
  return mapElements(recording, x, dtype, (name) => recording.node('Cast', [name], { to: attribute.int(code) }))
}

/** log(1 + x), exact for small x: log(u)·x/(u - 1) with u = 1 + x rounded (Kahan). */
function log1p(recording: Recording, x: string): string {
  const one = recording.scalar(1)
  const rounded = recording.node('Add', [x, one])
  const quotient = recording.node('Div', [
    recording.node('Mul', [recording.node('Log', [rounded]), x]),
    recording.node('Sub', [rounded, one]),
  ])
  // u = 1 where x vanishes beside it; an infinite x has no quotient.
  const plain = recording.node('Equal', [rounded, one])
  const infinite = recording.node('IsInf', [x])
  return recording.node('Where', [recording.node('Or', [plain, infinite]), x, quotient])
}

/** e^x - 1, exact for small x: tanh(x/2)·(e^x + 1). */
function expm1(recording: Recording, x: string): string {
  const half = recording.node('Tanh', [recording.node('Mul', [x, recording.scalar(0.5)])])
  return recording.node('Mul', [half, recording.node('Add', [recording.node('Exp', [x]), recording.scalar(1)])])
}

const predicate =
  (emit: Emit): Kernel =>
  (recording, { x }: KernelInputs) =>
    mapElements(recording, castTo(recording, x!, 'float32'), 'bool', (name) => emit(recording, name))

export const unaryKernels: KernelTable = {
  Abs: numeric('Abs'),
  Neg: numeric('Neg'),
  /** NaN has the sign 0 in TF.js. */
  Sign: (recording, { x }: KernelInputs) =>
    mapElements(recording, x!, dtypeOf(x!), (name) => {
      const sign = recording.node('Sign', [name])
      return x!.dtype === 'float32'
        ? recording.node('Where', [recording.node('IsNaN', [name]), recording.scalar(0), sign])
        : sign
    }),
  Square: (recording, { x }: KernelInputs) =>
    mapElements(recording, x!, dtypeOf(x!), (name) => recording.node('Mul', [name, name])),
  Acos: operator('Acos'),
  Acosh: operator('Acosh'),
  Asin: operator('Asin'),
  Asinh: operator('Asinh'),
  Atan: operator('Atan'),
  Atanh: operator('Atanh'),
  Ceil: rounding('Ceil'),
  Cos: operator('Cos'),
  Cosh: operator('Cosh'),
  Elu: operator('Elu'),
  Erf: operator('Erf'),
  Exp: operator('Exp'),
  Floor: rounding('Floor'),
  Log: operator('Log'),
  Reciprocal: operator('Reciprocal'),
  Relu: numeric('Relu'),
  Round: rounding('Round'),
  Selu: operator('Selu'),
  Sigmoid: operator('Sigmoid'),
  Sin: operator('Sin'),
  Sinh: operator('Sinh'),
  Softplus: operator('Softplus'),
  Sqrt: operator('Sqrt'),
  Tan: operator('Tan'),
  Tanh: operator('Tanh'),
  Expm1: float(expm1),
  Log1p: float(log1p),
  Relu6: (recording, { x }: KernelInputs) =>
    mapElements(recording, x!, dtypeOf(x!), (name) =>
      recording.node('Clip', [name, recording.scalar(0, dtypeOf(x!)), recording.scalar(6, dtypeOf(x!))]),
    ),
  Rsqrt: float((recording, x) => recording.node('Reciprocal', [recording.node('Sqrt', [x])])),
  IsNan: predicate((recording, x) => recording.node('IsNaN', [x])),
  IsInf: predicate((recording, x) => recording.node('IsInf', [x])),
  IsFinite: predicate((recording, x) =>
    recording.node('Not', [recording.node('Or', [recording.node('IsNaN', [x]), recording.node('IsInf', [x])])]),
  ),
  LogicalNot: (recording, { x }: KernelInputs) =>
    mapElements(recording, x!, 'bool', (name) => recording.node('Not', [name])),
  LeakyRelu: (recording, { x }: KernelInputs, { alpha }: { alpha: number }) =>
    mapElements(recording, castTo(recording, x!, 'float32'), 'float32', (name) =>
      recording.node('LeakyRelu', [name], { alpha: attribute.float(alpha) }),
    ),
  ClipByValue: (
    recording,
    { x }: KernelInputs,
    { clipValueMin, clipValueMax }: { clipValueMin: number; clipValueMax: number },
  ) =>
    mapElements(recording, x!, dtypeOf(x!), (name) =>
      recording.node('Clip', [
        name,
        recording.scalar(clipValueMin, dtypeOf(x!)),
        recording.scalar(clipValueMax, dtypeOf(x!)),
      ]),
    ),
  /** 1 where x is positive, `alpha` elsewhere (the gradient of abs uses -1). */
  Step: (recording, { x }: KernelInputs, { alpha }: { alpha: number }) => {
    const dtype = dtypeOf(x!)
    return mapElements(recording, x!, dtype, (name) => {
      // Rounded up, positive numbers are at least 1 and the others at most 0: a quarter of the time of Where.
      if (dtype === 'float32' && alpha >= 0 && alpha <= 1) {
        return recording.node('Clip', [recording.node('Ceil', [name]), recording.scalar(alpha), recording.scalar(1)])
      }
      const positive = recording.node('Greater', [name, recording.scalar(0, dtype)])
      const step = recording.node('Where', [positive, recording.scalar(1, dtype), recording.scalar(alpha, dtype)])
      return dtype === 'float32' ? recording.node('Where', [recording.node('IsNaN', [name]), name, step]) : step
    })
  },
  Cast: (recording, { x }: KernelInputs, { dtype }: { dtype: RecordedDType }) =>
    x!.dtype === dtype ? recording.keepValue(recording.value(x!)) : castTo(recording, x!, dtype),
}
