import {
  add,
  cos,
  cosh,
  div,
  exp,
  type GradConfig,
  greaterEqual,
  lessEqual,
  logicalAnd,
  mul,
  neg,
  rsqrt,
  sign,
  sin,
  sinh,
  sqrt,
  square,
  sub,
  type Tensor,
  where,
} from '@tensorflow/tfjs-core'
import { unary, zerosOf } from './gradient.ts'

/** √(1 - x²). */
const cosineOfArcsine = (x: Tensor) => sqrt(sub(1, square(x)))

/** Functions of one number. */
export const elementwiseGradients: readonly GradConfig[] = [
  unary('Abs', (dy, x) => mul(dy, sign(x))),
  unary('Acos', (dy, x) => neg(div(dy, cosineOfArcsine(x)))),
  unary('Acosh', (dy, x) => div(dy, sqrt(sub(square(x), 1)))),
  unary('Asin', (dy, x) => div(dy, cosineOfArcsine(x))),
  unary('Asinh', (dy, x) => div(dy, sqrt(add(square(x), 1)))),
  unary('Atan', (dy, x) => div(dy, add(square(x), 1))),
  unary('Atanh', (dy, x) => div(dy, sub(1, square(x)))),
  unary<{ clipValueMin: number; clipValueMax: number }>('ClipByValue', (dy, x, { clipValueMin, clipValueMax }) =>
    where(logicalAnd(greaterEqual(x, clipValueMin), lessEqual(x, clipValueMax)), dy, zerosOf(x)),
  ),
  unary('Cos', (dy, x) => neg(mul(dy, sin(x)))),
  unary('Cosh', (dy, x) => mul(dy, sinh(x))),
  unary('Erf', (dy, x) => mul(dy, mul(exp(neg(square(x))), 2 / Math.sqrt(Math.PI)))),
  unary('Exp', (dy, x) => mul(dy, exp(x))),
  unary('Expm1', (dy, x) => mul(dy, exp(x))),
  unary('Log', (dy, x) => div(dy, x)),
  unary('Log1p', (dy, x) => div(dy, add(x, 1))),
  unary('Neg', (dy) => neg(dy)),
  unary('Reciprocal', (dy, x) => neg(div(dy, square(x)))),
  unary('Rsqrt', (dy, x) => mul(dy, div(mul(rsqrt(x), -0.5), x))),
  unary('Sin', (dy, x) => mul(dy, cos(x))),
  unary('Sinh', (dy, x) => mul(dy, cosh(x))),
  unary('Sqrt', (dy, x) => div(dy, mul(sqrt(x), 2))),
  // Doubles dy, which is often one number a channel.
  unary('Square', (dy, x) => mul(mul(dy, 2), x)),
  unary('Tan', (dy, x) => div(dy, square(cos(x)))),
]
