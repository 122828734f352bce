import type { HeapMatrix, Kernels } from './kernels.ts'
import type { Steps } from './steps.ts'

/** A symmetric tridiagonal matrix. */
export interface Tridiagonal {
  readonly diagonal: Float64Array
  /** One shorter than the diagonal. */
  readonly offDiagonal: Float64Array
}

/**
 * Householder's reduction of a symmetric matrix to tridiagonal form, for eigenvalues only (Golub & Van Loan, Matrix
 * Computations, 4th ed., Algorithm 8.3.1). The update by one reflection and the product that the next one needs go over the
 * matrix together: it is larger than the caches, and memory is what takes the time.
 *
 * @param matrix lower triangle, with whole 2 × 2 blocks on the diagonal; destroyed
 * @param size even
 * @param scratch place of 4 · `size` numbers
 */
export function* tridiagonalize(
  kernels: Kernels,
  { start, stride }: HeapMatrix,
  size: number,
  scratch: number,
): Steps<Tridiagonal> {
  const { heap } = kernels
  const [w, p] = [scratch, scratch + size]
  let [v, x] = [scratch + 2 * size, scratch + 3 * size]
  heap.fill(0, scratch, scratch + 4 * size)
  const diagonal = new Float64Array(size)
  const offDiagonal = new Float64Array(size - 1)

  for (let column = 0; column < size - 1; column++) {
    // This column as the pending update v wᵀ + w vᵀ leaves it.
    const [vColumn, wColumn] = [heap[v + column]!, heap[w + column]!]
    diagonal[column] = heap[start + column * stride + column]! - 2 * vColumn * wColumn
    for (let row = column + 1; row < size; row++) {
      heap[x + row] = heap[start + row * stride + column]! - heap[v + row]! * wColumn - heap[w + row]! * vColumn
    }
    heap.fill(0, x, x + column + 1)
    const { beta, tau } = reflector(heap.subarray(x + column + 1, x + size))
    offDiagonal[column] = beta

    heap.fill(0, p, p + size)
    const first = (column + 1) & ~1
    kernels.updateAndMultiply({ start, stride }, first, size, v, w, x, p)
    let product = 0
    for (let row = column + 1; row < size; row++) product += heap[p + row]! * heap[x + row]!
    const shift = (tau * tau * product) / 2
    heap.fill(0, w, w + column + 1)
    for (let row = column + 1; row < size; row++) heap[w + row] = tau * heap[p + row]! - shift * heap[x + row]!
    ;[v, x] = [x, v]
    if (column % 16 === 0) yield 1 - (1 - column / size) ** 3
  }
  const last = size - 1
  diagonal[last] = heap[start + last * stride + last]! - 2 * heap[v + last]! * heap[w + last]!
  return { diagonal, offDiagonal }
}

/** Replaces `column` by the vector v, v[0] = 1, of the reflection I − tau v vᵀ that takes it to (beta, 0, …) (LAPACK's `dlarfg`). */
function reflector(column: Float64Array): { readonly beta: number; readonly tau: number } {
  const alpha = column[0]!
  let largest = 0
  for (let index = 1; index < column.length; index++) largest = Math.max(largest, Math.abs(column[index]!))
  if (largest === 0) {
    column[0] = 1
    return { beta: alpha, tau: 0 }
  }
  const scale = Math.max(largest, Math.abs(alpha))
  let squares = 0
  for (const value of column) squares += (value / scale) ** 2
  const beta = -Math.sign(alpha || 1) * scale * Math.sqrt(squares)
  for (let index = 1; index < column.length; index++) column[index] = column[index]! / (alpha - beta)
  column[0] = 1
  return { beta, tau: (beta - alpha) / beta }
}
