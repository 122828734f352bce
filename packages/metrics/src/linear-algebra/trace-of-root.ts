import type { Work } from '../work.ts'
import type { HeapMatrix, Kernels } from './kernels.ts'
import { type PivotedCholesky, pivotedCholesky } from './pivoted-cholesky.ts'
import { createPlainKernels } from './plain-kernels.ts'
import { partOf, runSteps, type Steps } from './steps.ts'
import { tridiagonalEigenvalues } from './tridiagonal-eigenvalues.ts'
import { tridiagonalize } from './tridiagonalize.ts'
import { createWasmKernels } from './wasm-kernels.ts'

const BLOCK = 128
const INNER = 256

export interface TraceOfRootOptions extends Work {
  /** `wasm` by default, and `plain` where WebAssembly or its SIMD is missing. */
  readonly kernels?: 'wasm' | 'plain'
  /** Told of a matrix that is no covariance: one of its eigenvalues is clearly negative. */
  readonly onIndefinite?: (side: 'left' | 'right') => void
}

/**
 * tr √(Σ₁ Σ₂) of two covariances, row-major D × D.
 *
 * The eigenvalues of Σ₁Σ₂ are those of LᵀΣ₂L with Σ₁ = L Lᵀ, which is symmetric: no square root of a matrix is needed, and
 * of the eigenvalues no vectors. Both covariances are factorised and the one of lower rank gives L, so that a set with
 * fewer samples than features leaves no eigenvalues that are only rounding (√ of which is 1e-8, not 1e-16).
 */
export async function traceOfRoot(
  left: Float64Array,
  right: Float64Array,
  size: number,
  options: TraceOfRootOptions = {},
): Promise<number> {
  const padded = Math.ceil(size / 8) * 8
  const numbers = 3 * padded * padded + 4 * padded
  const kernels = await createKernels(numbers, options.kernels)
  return runSteps(`tr √(Σ₁Σ₂), ${size} features`, traceSteps(kernels, left, right, size, padded, options), options)
}

async function createKernels(numbers: number, kind: 'wasm' | 'plain' = 'wasm'): Promise<Kernels> {
  if (kind === 'plain') return createPlainKernels(numbers)
  try {
    return await createWasmKernels(numbers)
  } catch {
    // An engine without SIMD, or a page that forbids WebAssembly: slower, with the same result.
    return createPlainKernels(numbers)
  }
}

function* traceSteps(
  kernels: Kernels,
  left: Float64Array,
  right: Float64Array,
  size: number,
  padded: number,
  { onIndefinite = () => {} }: TraceOfRootOptions,
): Steps<number> {
  const { heap } = kernels
  const area = padded * padded
  const [a, b, c] = [0, area, 2 * area].map((start): HeapMatrix => ({ start, stride: padded })) as [
    HeapMatrix,
    HeapMatrix,
    HeapMatrix,
  ]
  const load = (matrix: HeapMatrix, values: Float64Array, order?: Uint32Array) => {
    heap.fill(0, matrix.start, matrix.start + area)
    for (let row = 0; row < padded; row++) {
      const source = order?.[row] ?? row
      if (source >= size) continue
      for (let column = 0; column < padded; column++) {
        const from = order?.[column] ?? column
        if (from < size) heap[matrix.start + row * padded + column] = values[source * size + from]!
      }
    }
  }
  load(a, left)
  load(b, right)
  const factors: readonly [PivotedCholesky, PivotedCholesky] = [
    yield* partOf(0, 0.12, pivotedCholesky(kernels, a, padded)),
    yield* partOf(0.12, 0.24, pivotedCholesky(kernels, b, padded)),
  ]
  if (factors[0].indefinite) onIndefinite('left')
  if (factors[1].indefinite) onIndefinite('right')
  const useLeft = factors[0].rank <= factors[1].rank
  const [factor, { order, rank }, other] = useLeft ? [a, factors[0], right] : [b, factors[1], left]
  if (rank === 0) return 0
  const rows = Math.ceil(rank / 8) * 8

  // U = Lᵀ, then Y = U · Σ and M = Y · Uᵀ; U is upper triangular, so each block of it starts at its diagonal.
  heap.fill(0, c.start, c.start + area)
  for (let row = 0; row < padded; row++) {
    for (let column = 0; column <= Math.min(row, rank - 1); column++) {
      heap[c.start + column * padded + row] = heap[factor.start + row * padded + column]!
    }
  }
  load(a, other, order)
  heap.fill(0, b.start, b.start + area)
  for (let row = 0; row < rows; row += BLOCK) {
    addLongProduct(
      kernels,
      at(a, 0, row),
      at(c, row, row),
      at(b, 0, row),
      padded,
      Math.min(BLOCK, rows - row),
      padded - row,
    )
    yield 0.24 + (0.2 * row) / rows
  }
  // Here b holds Σ · L, whose columns are wanted as rows.
  transposeSquare(heap, b, padded)
  heap.fill(0, a.start, a.start + area)
  for (let row = 0; row < rows; row += BLOCK) {
    const columns = Math.min(BLOCK, rows - row)
    addLongProduct(kernels, at(c, row, row), at(b, row, row), at(a, row, row), rows - row, columns, padded - row)
    yield 0.44 + (0.06 * row) / rows
  }
  for (let row = 0; row < rows; row += 2) {
    heap[a.start + row * padded + row + 1] = heap[a.start + (row + 1) * padded + row]!
  }
  const tridiagonal = yield* partOf(0.5, 1, tridiagonalize(kernels, a, rows, 3 * area))
  let trace = 0
  for (const eigenvalue of tridiagonalEigenvalues(tridiagonal)) trace += Math.sqrt(Math.max(0, eigenvalue))
  return trace
}

const at = ({ start, stride }: HeapMatrix, row: number, column: number): HeapMatrix => ({
  start: start + row * stride + column,
  stride,
})

/** `C += A · Bᵀ` in pieces of the inner length that fit into the caches. */
function addLongProduct(
  kernels: Kernels,
  a: HeapMatrix,
  b: HeapMatrix,
  c: HeapMatrix,
  rows: number,
  columns: number,
  inner: number,
): void {
  for (let k = 0; k < inner; k += INNER) {
    kernels.addProduct(at(a, 0, k), at(b, 0, k), c, rows, columns, Math.min(INNER, inner - k), 1)
  }
}

function transposeSquare(heap: Float64Array, { start, stride }: HeapMatrix, size: number): void {
  for (let row = 0; row < size; row++) {
    for (let column = 0; column < row; column++) {
      const [lower, upper] = [start + row * stride + column, start + column * stride + row]
      const value = heap[lower]!
      heap[lower] = heap[upper]!
      heap[upper] = value
    }
  }
}
