import { describe, expect, test } from 'vitest'
import { gaussianAt } from '../testing/procedural.ts'
import type { Kernels } from './kernels.ts'
import { createPlainKernels } from './plain-kernels.ts'
import { createWasmKernels } from './wasm-kernels.ts'

const NUMBERS = 4096

async function both(work: (kernels: Kernels) => void): Promise<[wasm: Float64Array, plain: Float64Array]> {
  const results = [await createWasmKernels(NUMBERS), createPlainKernels(NUMBERS)].map((kernels) => {
    for (let index = 0; index < NUMBERS; index++) kernels.heap[index] = gaussianAt(3, index)
    work(kernels)
    return kernels.heap.slice(0, NUMBERS)
  })
  return results as [Float64Array, Float64Array]
}

// The inputs are multiples of 2⁻⁷, so that every sum here is exact in whatever order.
describe('the WebAssembly kernels and their plain twins', () => {
  test.each([
    { rows: 4, columns: 2, inner: 2 },
    { rows: 8, columns: 6, inner: 10 },
    { rows: 12, columns: 14, inner: 4 },
  ])('multiply alike: $rows × $columns, $inner inside', async ({ rows, columns, inner }) => {
    for (const sign of [1, -1] as const) {
      const [wasm, plain] = await both((kernels) =>
        kernels.addProduct(
          { start: 5, stride: 20 },
          { start: 1001, stride: 33 },
          { start: 2002, stride: 18 },
          rows,
          columns,
          inner,
          sign,
        ),
      )
      expect(wasm).toEqual(plain)
    }
  })

  test.each([0, 2, 10, 14])('update and multiply alike from row %i of 16', async (first) => {
    const [wasm, plain] = await both((kernels) =>
      kernels.updateAndMultiply({ start: 3, stride: 17 }, first, 16, 1000, 1100, 1200, 1300),
    )
    expect(wasm).toEqual(plain)
  })
})
