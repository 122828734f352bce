import { TrainingError } from '@gantry/core'
import type { Tridiagonal } from './tridiagonalize.ts'

const MOST_SWEEPS = 60

/**
 * Eigenvalues of a symmetric tridiagonal matrix by the QL algorithm with implicit shifts (Dubrulle, Martin & Wilkinson
 * 1968; EISPACK's `imtql1`), in no order. Each is right to a few ε times the largest.
 *
 * @throws TrainingError `EIGENVALUES_DIVERGED` for a matrix that is not finite
 */
export function tridiagonalEigenvalues(matrix: Tridiagonal): Float64Array {
  const diagonal = matrix.diagonal.slice()
  const size = diagonal.length
  const off = new Float64Array(size)
  off.set(matrix.offDiagonal)

  for (let left = 0; left < size; left++) {
    for (let sweep = 0; ; sweep++) {
      let right = left
      for (; right < size - 1; right++) {
        const scale = Math.abs(diagonal[right]!) + Math.abs(diagonal[right + 1]!)
        if (Math.abs(off[right]!) <= Number.EPSILON * scale) break
      }
      if (right === left) break
      if (sweep === MOST_SWEEPS) {
        throw new TrainingError({
          code: 'EIGENVALUES_DIVERGED',
          message: `Eigenvalue ${left} of ${size} did not settle in ${MOST_SWEEPS} sweeps.`,
          fix: 'Look at the covariances: they must be finite.',
        })
      }
      sweepOnce(diagonal, off, left, right)
    }
  }
  return diagonal
}

/** One implicit QL sweep over the unreduced block from `left` to `right`. */
function sweepOnce(diagonal: Float64Array, off: Float64Array, left: number, right: number): void {
  const halfGap = (diagonal[left + 1]! - diagonal[left]!) / (2 * off[left]!)
  const root = Math.sqrt(halfGap * halfGap + 1)
  let g = diagonal[right]! - diagonal[left]! + off[left]! / (halfGap + (halfGap >= 0 ? root : -root))
  let [sine, cosine, moved] = [1, 1, 0]
  for (let index = right - 1; index >= left; index--) {
    const f = sine * off[index]!
    const b = cosine * off[index]!
    const radius = Math.sqrt(f * f + g * g)
    off[index + 1] = radius
    if (radius === 0) {
      diagonal[index + 1] = diagonal[index + 1]! - moved
      off[right] = 0
      return
    }
    sine = f / radius
    cosine = g / radius
    g = diagonal[index + 1]! - moved
    const r = (diagonal[index]! - g) * sine + 2 * cosine * b
    moved = sine * r
    diagonal[index + 1] = g + moved
    g = cosine * r - b
  }
  diagonal[left] = diagonal[left]! - moved
  off[left] = g
  off[right] = 0
}
