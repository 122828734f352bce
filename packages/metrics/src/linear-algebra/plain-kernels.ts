import type { Kernels } from './kernels.ts'

/** The kernels as loops: the twin that the WebAssembly ones are checked against, and what runs where those cannot. */
export function createPlainKernels(numbers: number): Kernels {
  const heap = new Float64Array(numbers)
  return {
    heap,
    addProduct(a, b, c, rows, columns, inner, sign) {
      for (let row = 0; row < rows; row++) {
        for (let column = 0; column < columns; column++) {
          const left = a.start + row * a.stride
          const right = b.start + column * b.stride
          let sum = 0
          for (let k = 0; k < inner; k++) sum += heap[left + k]! * heap[right + k]!
          const target = c.start + row * c.stride + column
          heap[target] = heap[target]! + sign * sum
        }
      }
    },
    updateAndMultiply(matrix, first, size, v, w, x, p) {
      for (let row = first; row < size; row++) {
        const start = matrix.start + row * matrix.stride
        const diagonal = row - (row % 2)
        const [vRow, wRow, xRow] = [heap[v + row]!, heap[w + row]!, heap[x + row]!]
        let sum = 0
        for (let column = first; column < diagonal + 2; column++) {
          const value = heap[start + column]! - vRow * heap[w + column]! - wRow * heap[v + column]!
          heap[start + column] = value
          sum += value * heap[x + column]!
          if (column < diagonal) heap[p + column] = heap[p + column]! + value * xRow
        }
        heap[p + row] = heap[p + row]! + sum
      }
    },
  }
}
