import { eye, fill, type GradConfig, matMul, mul, reshape, sum, type Tensor } from '@tensorflow/tfjs-core'
import { float, linear, run, sumTo } from './gradient.ts'

/** A product of stacks of matrices; a stack of one is broadcast, which TF.js's own gradient forgets. */
const batchMatMulGradient: GradConfig = {
  kernelName: 'BatchMatMul',
  inputsToSave: ['a', 'b'],
  gradFunc: (gradient, saved, attributes) => {
    const dy = gradient as Tensor
    const [a, b] = saved.map(float) as [Tensor, Tensor]
    const { transposeA, transposeB } = attributes as unknown as { transposeA: boolean; transposeB: boolean }
    const byA = () => (transposeA ? matMul(b, dy, transposeB, true) : matMul(dy, b, false, !transposeB))
    const byB = () => (transposeB ? matMul(dy, a, true, transposeA) : matMul(a, dy, !transposeA, false))
    return { a: () => sumTo(byA(), a.shape), b: () => sumTo(byB(), b.shape) }
  },
}

/** `ab,bc->ac`: the labels of the axes of each operand, and of the result. */
function labelsOf(equation: string): { operands: string[]; result: string } {
  const [left, result] = equation.replaceAll(/\s/g, '').split('->') as [string, string]
  return { operands: left.split(','), result }
}

/** An operand's gradient is again such a sum: of dy and the other operand. Axes that only it has are repeated. */
function einsumGradient(dy: Tensor, tensors: readonly Tensor[], equation: string, place: number): Tensor {
  const { operands, result } = labelsOf(equation)
  const labels = [...operands[place]!]
  const others = operands.filter((_, index) => index !== place)
  const known = labels.filter((label) => [result, ...others].some((other) => other.includes(label)))
  const partial =
    others.length === 0 && known.join('') === result
      ? dy // TF.js hands out the very tensor that it got, and loses its place on the tape.
      : run('Einsum', [dy, ...tensors.filter((_, index) => index !== place)] as unknown as Record<string, Tensor>, {
          equation: `${[result, ...others].join(',')}->${known.join('')}`,
        })
  if (known.length === labels.length) return partial === dy ? dy.clone() : partial
  const shape = tensors[place]!.shape
  const kept = shape.map((length, axis) => (known.includes(labels[axis]!) ? length : 1))
  return mul(reshape(partial, kept), fill(shape, 1, 'float32'))
}

const einsumGradients: GradConfig = {
  kernelName: 'Einsum',
  saveAllInputs: true,
  gradFunc: (dy, saved, attributes) => {
    const { equation } = attributes as unknown as { equation: string }
    const tensors = saved.map(float)
    return Object.fromEntries(
      tensors.map((_, place) => [place, () => einsumGradient(dy as Tensor, tensors, equation, place)]),
    )
  },
}

export const linearAlgebraGradients: readonly GradConfig[] = [
  batchMatMulGradient,
  linear('Diag', (dy, _, shape) => {
    const size = shape.reduce((product, length) => product * length, 1)
    return reshape(sum(mul(reshape(dy, [size, size]), eye(size)), 1), [...shape])
  }),
  einsumGradients,
]
