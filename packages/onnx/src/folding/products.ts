import type { NDArray } from '@gantry/core'
import { type Elements, type Evaluation, elementsOf, emptyLike } from './evaluation.ts'
import { broadcastStrides, walk } from './strided.ts'

interface Matrix {
  readonly numbers: Elements
  readonly rows: number
  readonly columns: number
  readonly rowStride: number
  readonly columnStride: number
}

function matrixOf(array: NDArray, transposed: boolean): Matrix {
  const [rows, columns] = array.shape as [number, number]
  const numbers = elementsOf(array)
  return transposed
    ? { numbers, rows: columns, columns: rows, rowStride: 1, columnStride: columns }
    : { numbers, rows, columns, rowStride: columns, columnStride: 1 }
}

/** The product of two matrices in float64. */
function product(left: Matrix, right: Matrix): Float64Array {
  const result = new Float64Array(left.rows * right.columns)
  for (let row = 0; row < left.rows; row++) {
    for (let inner = 0; inner < left.columns; inner++) {
      const factor = left.numbers[row * left.rowStride + inner * left.columnStride]!
      for (let column = 0; column < right.columns; column++) {
        const place = inner * right.rowStride + column * right.columnStride
        result[row * right.columns + column]! += factor * right.numbers[place]!
      }
    }
  }
  return result
}

const matMul: Evaluation = (context, [output]) => {
  const [left, right] = [context.array(0)!, context.array(1)!]
  if (!output!.dtype.startsWith('float') || left.shape.length !== 2 || right.shape.length !== 2) return undefined
  const result = emptyLike(output!)
  ;(result.data as Float32Array).set(product(matrixOf(left, false), matrixOf(right, false)))
  return [result]
}

/** alpha·A·B + beta·C. */
const gemm: Evaluation = (context, [output]) => {
  if (!output!.dtype.startsWith('float')) return undefined
  const left = matrixOf(context.array(0)!, context.int('transA', 0) === 1)
  const right = matrixOf(context.array(1)!, context.int('transB', 0) === 1)
  const [alpha, beta] = [context.float('alpha', 1), context.float('beta', 1)]
  const numbers = product(left, right)
  const bias = context.array(2)
  const result = emptyLike(output!)
  const target = elementsOf(result)
  const strides = bias === undefined ? [0, 0] : broadcastStrides(bias.shape, output!.shape)
  walk(output!.shape, [strides], (index, [offset]) => {
    const shift = bias === undefined ? 0 : elementsOf(bias)[offset!]!
    target[index] = alpha * numbers[index]! + beta * shift
  })
  return [result]
}

/** Products of matrices. */
export const productEvaluations: Readonly<Record<string, Evaluation>> = {
  Gemm: gemm,
  MatMul: matMul,
}
