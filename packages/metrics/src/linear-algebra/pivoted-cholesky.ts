import type { HeapMatrix, Kernels } from './kernels.ts'
import type { Steps } from './steps.ts'

const PANEL = 64

/** `A[order, order] = L Lᵀ`, with the rank at which the rest of `A` was rounding. */
export interface PivotedCholesky {
  readonly order: Uint32Array
  readonly rank: number
  /** Whether something clearly negative was left on the diagonal: then the matrix is indefinite, and `L Lᵀ` not it. */
  readonly indefinite: boolean
}

/** Below this part of the largest diagonal element lies more than the rounding of statistics that were stored as float32. */
const CLEARLY_NEGATIVE = -1e-5

/**
 * Cholesky factorisation with complete pivoting of a positive semidefinite matrix (LAPACK's `dpstrf`, Lucas 2004), of its
 * lower triangle and in place. Columns from the rank on are zero. What is left is called rounding below n·ε times the
 * largest diagonal element, as LAPACK does.
 *
 * @param size multiple of 8
 */
export function* pivotedCholesky(kernels: Kernels, matrix: HeapMatrix, size: number): Steps<PivotedCholesky> {
  const { heap } = kernels
  const { start, stride } = matrix
  const at = (row: number, column: number) => start + row * stride + column
  const order = Uint32Array.from({ length: size }, (_, index) => index)
  const diagonal = new Float64Array(size)
  const removed = new Float64Array(size)
  let tolerance = 0

  const swap = (left: number, right: number) => {
    const value = heap[left]!
    heap[left] = heap[right]!
    heap[right] = value
  }
  /** Exchanges rows and columns of the lower triangle. */
  const exchange = (first: number, second: number) => {
    if (first === second) return
    for (let column = 0; column < first; column++) swap(at(first, column), at(second, column))
    for (let between = first + 1; between < second; between++) swap(at(between, first), at(second, between))
    for (let below = second + 1; below < size; below++) swap(at(below, first), at(below, second))
    heap[at(second, second)] = heap[at(first, first)]!
    diagonal[second] = diagonal[first]!
    removed[second] = removed[first]!
    const index = order[first]!
    order[first] = order[second]!
    order[second] = index
  }
  const findPivot = (column: number, panelStart: number) => {
    let pivot = column
    let largest = Number.NEGATIVE_INFINITY
    for (let row = column; row < size; row++) {
      if (column > panelStart) removed[row] = removed[row]! + heap[at(row, column - 1)]! ** 2
      const rest = diagonal[row]! - removed[row]!
      if (rest > largest) {
        largest = rest
        pivot = row
      }
    }
    return { pivot, largest }
  }
  const finishColumn = (column: number, panelStart: number, root: number) => {
    const pivotRow = at(column, 0)
    heap[pivotRow + column] = root
    for (let row = column + 1; row < size; row++) {
      const rowStart = at(row, 0)
      let value = heap[rowStart + column]!
      for (let k = panelStart; k < column; k++) value -= heap[rowStart + k]! * heap[pivotRow + k]!
      heap[rowStart + column] = value / root
    }
  }

  for (let panelStart = 0; panelStart < size; panelStart += PANEL) {
    for (let row = panelStart; row < size; row++) diagonal[row] = heap[at(row, row)]!
    if (panelStart === 0) tolerance = size * Number.EPSILON * Math.max(...diagonal)
    removed.fill(0)
    const panelEnd = Math.min(panelStart + PANEL, size)
    for (let column = panelStart; column < panelEnd; column++) {
      const { pivot, largest } = findPivot(column, panelStart)
      if (!(largest > tolerance)) {
        const least = CLEARLY_NEGATIVE * (tolerance / (size * Number.EPSILON))
        const indefinite = diagonal.some((value, row) => row >= column && value - removed[row]! < Math.min(least, 0))
        for (let row = column; row < size; row++) heap.fill(0, at(row, column), at(row, row) + 1)
        return { order, rank: column, indefinite }
      }
      exchange(column, pivot)
      finishColumn(column, panelStart, Math.sqrt(largest))
    }
    for (let block = panelEnd; block < size; block += PANEL) {
      const rows = { start: at(block, panelStart), stride }
      const columns = Math.min(PANEL, size - block)
      kernels.addProduct(rows, rows, { start: at(block, block), stride }, size - block, columns, PANEL, -1)
    }
    yield 1 - (1 - panelEnd / size) ** 3
  }
  return { order, rank: size, indefinite: false }
}
