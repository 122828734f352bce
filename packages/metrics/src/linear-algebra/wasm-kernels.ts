import { assembleModule, webAssembly } from '@gantry/core/wasm'
import type { Kernels } from './kernels.ts'
import { productKernel } from './wasm-product.ts'
import { updateKernel } from './wasm-update.ts'

const PAGE = 65536

let compiled: Promise<object> | undefined

/**
 * Kernels in WebAssembly SIMD, over memory for so many numbers. The module is 1.5 KB, assembled here: no compiler, no file.
 *
 * @throws where the engine knows no SIMD, forbids WebAssembly, or has no memory left
 */
export async function createWasmKernels(numbers: number): Promise<Kernels> {
  compiled ??= webAssembly.compile(assembleModule({ product: productKernel(), update: updateKernel() }))
  const memory = new webAssembly.Memory({ initial: Math.max(1, Math.ceil((numbers * 8) / PAGE)) })
  const { exports } = await webAssembly.instantiate(await compiled, { environment: { memory } })
  const { product, update } = exports as Record<'product' | 'update', (...values: number[]) => void>
  return {
    heap: new Float64Array(memory.buffer as ArrayBuffer),
    addProduct(a, b, c, rows, columns, inner, sign) {
      if (rows === 0 || columns === 0 || inner === 0) return
      const pointers = [a, b, c].flatMap(({ start, stride }) => [8 * start, 8 * stride])
      product(...pointers, rows, columns, 8 * inner, sign)
    },
    updateAndMultiply(matrix, first, size, v, w, x, p) {
      const start = 8 * (matrix.start + first * matrix.stride)
      update(start, 8 * matrix.stride, 8 * first, 8 * size, 8 * v, 8 * w, 8 * x, 8 * p)
    },
  }
}
