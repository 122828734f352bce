import { createOnnxRuntimeInference } from '@gantry/backend-onnxruntime'
import { describe, expect, test } from 'vitest'
import { gaussianAt, proceduralFeatures } from '../testing/procedural.ts'
import { expectWithin } from '../testing/within.ts'
import { pivotedCholesky } from './pivoted-cholesky.ts'
import { createPlainKernels } from './plain-kernels.ts'
import { createBackendProducts, localProducts } from './products.ts'
import { runSteps } from './steps.ts'
import { traceOfRoot } from './trace-of-root.ts'
import { tridiagonalEigenvalues } from './tridiagonal-eigenvalues.ts'
import { tridiagonalize } from './tridiagonalize.ts'

/** Q diag(values) Qᵀ with Q a product of reflections: a matrix whose eigenvalues are known. */
function rotated(values: readonly number[], seed: number): Float64Array {
  const size = values.length
  const matrix = new Float64Array(size * size)
  for (const [index, value] of values.entries()) matrix[index * (size + 1)] = value
  for (let turn = 0; turn < 3; turn++) {
    const v = Float64Array.from({ length: size }, (_, index) => gaussianAt(seed + turn, index))
    const scale = 2 / v.reduce((sum, value) => sum + value * value, 0)
    for (const transposed of [false, true]) {
      for (let line = 0; line < size; line++) {
        const at = (k: number) => (transposed ? k * size + line : line * size + k)
        let product = 0
        for (let k = 0; k < size; k++) product += matrix[at(k)]! * v[k]!
        for (let k = 0; k < size; k++) matrix[at(k)]! -= scale * product * v[k]!
      }
    }
  }
  return matrix
}

describe('tr √(Σ₁Σ₂)', () => {
  // Both have the same eigenvectors, so the root's trace is the sum of the roots of the products.
  test.each([
    {
      name: 'full rank',
      size: 130,
      left: (i: number) => 1 + (i % 7),
      right: (i: number) => 2 ** -(i % 10),
      rtol: 1e-12,
    },
    {
      name: 'six orders of magnitude',
      size: 130,
      left: (i: number) => 10 ** (-i / 43),
      right: (i: number) => 10 ** (-i / 43),
      rtol: 1e-9,
    },
    {
      name: 'one of rank 50',
      size: 130,
      left: (i: number) => (i < 50 ? 1 + i : 0),
      right: (i: number) => 1 + (i % 3),
      rtol: 1e-12,
    },
    {
      name: 'the other of rank 50',
      size: 130,
      left: (i: number) => 1 + (i % 3),
      right: (i: number) => (i < 50 ? 1 + i : 0),
      rtol: 1e-12,
    },
    {
      name: 'ranks that overlap in part',
      size: 130,
      left: (i: number) => (i < 90 ? 1 : 0),
      right: (i: number) => (i > 40 ? 2 : 0),
      rtol: 1e-6,
    },
    {
      name: 'a size that is no multiple of 8',
      size: 67,
      left: (i: number) => 1 + i,
      right: (i: number) => 1 + (i % 5),
      rtol: 1e-12,
    },
  ])('$name', async ({ size, left, right, rtol }) => {
    const indices = Array.from({ length: size }, (_, index) => index)
    const expected = indices.reduce((sum, index) => sum + Math.sqrt(left(index) * right(index)), 0)
    const [first, second] = [rotated(indices.map(left), 7), rotated(indices.map(right), 7)]
    for (const kernels of ['wasm', 'plain'] as const) {
      expectWithin(await traceOfRoot(first, second, size, { kernels }), expected, { rtol, atol: 0 }, kernels)
    }
  })

  test('of nothing is 0', async () => {
    expect(await traceOfRoot(new Float64Array(9), Float64Array.of(1, 0, 0, 0, 1, 0, 0, 0, 1), 3)).toBe(0)
  })

  test('tells its progress', async () => {
    const seen: number[] = []
    const matrix = rotated([1, 2, 3, 4, 5, 6, 7, 8], 1)
    await traceOfRoot(matrix, matrix, 8, { progress: (done, total) => seen.push(done / total) })
    expect(seen).toEqual([...seen].sort((a, b) => a - b))
    expect(seen.at(-1)).toBeLessThanOrEqual(1)
  })
})

test('pivoted Cholesky takes a matrix apart into factors that make it again, and finds its rank', async () => {
  const size = 136
  const values = Array.from({ length: size }, (_, index) => (index < 100 ? 1 + (index % 9) : 0))
  const matrix = rotated(values, 3)
  const kernels = createPlainKernels(size * size)
  kernels.heap.set(matrix)
  const { order, rank } = await runSteps('', pivotedCholesky(kernels, { start: 0, stride: size }, size), {})
  expect(rank).toBe(100)
  let largest = 0
  for (let row = 0; row < size; row++) {
    for (let column = 0; column <= row; column++) {
      let sum = 0
      for (let k = 0; k <= column; k++) sum += kernels.heap[row * size + k]! * kernels.heap[column * size + k]!
      largest = Math.max(largest, Math.abs(sum - matrix[order[row]! * size + order[column]!]!))
    }
  }
  expect(largest).toBeLessThan(1e-12)
})

test('eigenvalues by tridiagonal form are those that the matrix was made of', async () => {
  const values = [-3, -1, 0, 0, 1e-9, 2, 2, 2, 5, 100]
  const kernels = createPlainKernels(14 * 10)
  kernels.heap.set(rotated(values, 11))
  const tridiagonal = await runSteps('', tridiagonalize(kernels, { start: 0, stride: 10 }, 10, 100), {})
  for (const [index, value] of tridiagonalEigenvalues(tridiagonal).sort().entries()) {
    expect(Math.abs(value - values[index]!)).toBeLessThan(1e-12)
  }
  const broken = { diagonal: Float64Array.of(1, Number.NaN, 2), offDiagonal: Float64Array.of(1, 1) }
  expect(() => tridiagonalEigenvalues(broken)).toThrow(expect.objectContaining({ code: 'EIGENVALUES_DIVERGED' }))
})

test('products by ONNX Runtime and by WebAssembly are equal, also of a matrix with itself', async () => {
  const [left, right] = [5, 6].map((seed, index) =>
    proceduralFeatures({ kind: 'feat', seed, N: [131, 77][index]!, D: 261 }),
  ) as [ReturnType<typeof proceduralFeatures>, ReturnType<typeof proceduralFeatures>]
  const backend = createOnnxRuntimeInference({ device: 'cpu', threads: 1 })
  for (const [dtype, digits] of [
    ['float64', 12],
    ['float32', 3],
  ] as const) {
    const products = await createBackendProducts(backend, dtype)
    for (const [a, b] of [
      [left, right],
      [right, right],
    ] as const) {
      const [theirs, ours] = [await products.timesTransposed(a, b), await localProducts.timesTransposed(a, b)]
      expect([theirs.rows, theirs.columns]).toEqual([ours.rows, ours.columns])
      expect(theirs.data.every((value, index) => Math.abs(value - ours.data[index]!) < 10 ** -digits)).toBe(true)
    }
    await products.dispose()
  }
  const direct = left.data.slice(0, 261).reduce((sum, value, index) => sum + value * right.data[261 + index]!, 0)
  expect((await localProducts.timesTransposed(left, right)).data[1]).toBeCloseTo(direct, 10)
})
