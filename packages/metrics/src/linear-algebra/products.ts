import { type InferenceBackend, ndarray, UnsupportedError } from '@gantry/core'
import { attribute, createModel, encodeModel, GraphBuilder } from '@gantry/onnx'
import type { FeatureMatrix } from '../features.ts'
import { createPlainKernels } from './plain-kernels.ts'
import { createWasmKernels } from './wasm-kernels.ts'

/** Multiplies feature matrices: the metrics' bulk work, on whatever is there. */
export interface MatrixProducts {
  /** What the sums are made in. */
  readonly dtype: 'float32' | 'float64'
  /** `left · rightᵀ`: the inner products of every row with every row. Rows of one length. */
  timesTransposed(left: FeatureMatrix, right: FeatureMatrix): Promise<FeatureMatrix>
  dispose(): Promise<void>
}

const BLOCK = 128
const INNER = 256

/**
 * Products on one core in float64: WebAssembly, or plain loops where that is missing. The other triangle of a matrix with itself is copied.
 */
export const localProducts: MatrixProducts = {
  dtype: 'float64',
  async timesTransposed(left, right) {
    const same = left.data === right.data && left.rows === right.rows
    const inner = roundUp(left.columns, 2)
    const leftRows = roundUp(left.rows, 4)
    const rightRows = same ? leftRows : roundUp(right.rows, 4)
    const rightStart = same ? 0 : leftRows * inner
    const start = rightStart + rightRows * inner
    const numbers = start + leftRows * rightRows
    const kernels = await createWasmKernels(numbers).catch(() => createPlainKernels(numbers))
    const { heap } = kernels
    const load = ({ rows, columns, data }: FeatureMatrix, at: number) => {
      for (let row = 0; row < rows; row++) {
        heap.set(data.subarray(row * columns, (row + 1) * columns), at + row * inner)
      }
    }
    load(left, 0)
    if (!same) load(right, rightStart)
    for (let column = 0; column < rightRows; column += BLOCK) {
      const firstRow = same ? column : 0
      for (let k = 0; k < inner; k += INNER) {
        kernels.addProduct(
          { start: firstRow * inner + k, stride: inner },
          { start: rightStart + column * inner + k, stride: inner },
          { start: start + firstRow * rightRows + column, stride: rightRows },
          leftRows - firstRow,
          Math.min(BLOCK, rightRows - column),
          Math.min(INNER, inner - k),
          1,
        )
      }
    }
    const data = new Float64Array(left.rows * right.rows)
    for (let row = 0; row < left.rows; row++) {
      for (let column = 0; column < right.rows; column++) {
        const swapped = same && column > row
        data[row * right.rows + column] = heap[start + (swapped ? column * rightRows + row : row * rightRows + column)]!
      }
    }
    return { rows: left.rows, columns: right.rows, data }
  },
  async dispose() {},
}

const roundUp = (value: number, multiple: number) => Math.ceil(value / multiple) * multiple

/**
 * Products by an engine, as an ONNX `Gemm`.
 *
 * @param dtype float64 where digits matter (distances between distributions), float32 for six times the speed
 *
 * @example
 * ```ts
 * const products = await createBackendProducts(createOnnxRuntimeInference({ device: 'cpu' }))
 * ```
 */
export async function createBackendProducts(
  backend: InferenceBackend,
  dtype: 'float32' | 'float64' = 'float64',
): Promise<MatrixProducts> {
  const builder = new GraphBuilder('products')
  const left = builder.input('left', { dtype, shape: ['left rows', 'inner'] })
  const right = builder.input('right', { dtype, shape: ['right rows', 'inner'] })
  builder.output('products', builder.node('Gemm', [left, right], { transB: attribute.int(1) }))
  const session = await backend.load(encodeModel(createModel(builder.build())))
  // Always a copy: an engine in a worker is sent the whole memory that a view of some rows lies in.
  const feed = ({ rows, columns, data }: FeatureMatrix) =>
    dtype === 'float64'
      ? ndarray('float64', [rows, columns], new Float64Array(data))
      : ndarray('float32', [rows, columns], new Float32Array(data))
  return {
    dtype,
    async timesTransposed(left, right) {
      const { products } = await session.run({ left: feed(left), right: feed(right) })
      const data = products?.data
      if (data instanceof Float32Array || data instanceof Float64Array) {
        return { rows: left.rows, columns: right.rows, data }
      }
      throw new UnsupportedError({
        code: 'PRODUCTS_UNSUPPORTED',
        message: `${backend.name} multiplied ${dtype} matrices to ${products?.dtype ?? 'nothing'}.`,
      })
    },
    dispose: () => session.dispose(),
  }
}
