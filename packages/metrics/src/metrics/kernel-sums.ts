import type { FeatureMatrix } from '../features.ts'

export type Kernel =
  | {
      readonly kind: 'polynomial'
      readonly degree?: number
      /** 1/D by default. */
      readonly gamma?: number
      readonly offset?: number
    }
  | { readonly kind: 'gaussian'; readonly sigma: number }

/** Sums of the kernel over all pairs, and over those of equal index. */
export function kernelSums(
  inner: FeatureMatrix,
  leftSquares: Float64Array,
  rightSquares: Float64Array,
  kernel: Kernel,
  width: number,
): { readonly all: number; readonly diagonal: number } {
  let [all, diagonal] = [0, 0]
  const { rows, columns, data } = inner
  const value =
    kernel.kind === 'polynomial'
      ? polynomial(kernel.degree ?? 3, kernel.gamma ?? 1 / width, kernel.offset ?? 1)
      : (product: number, squares: number) => Math.exp(-Math.max(0, squares - 2 * product) / (2 * kernel.sigma ** 2))
  for (let row = 0; row < rows; row++) {
    let sum = 0
    for (let column = 0; column < columns; column++) {
      const term = value(data[row * columns + column]!, leftSquares[row]! + rightSquares[column]!)
      sum += term
      if (row === column) diagonal += term
    }
    all += sum
  }
  return { all, diagonal }
}

function polynomial(degree: number, gamma: number, offset: number): (product: number, squares: number) => number {
  if (degree === 3) {
    return (product) => {
      const base = gamma * product + offset
      return base * base * base
    }
  }
  return (product) => (gamma * product + offset) ** degree
}

/** ‖x‖² of each row. */
export function squaredLengths({ rows, columns, data }: FeatureMatrix): Float64Array {
  const lengths = new Float64Array(rows)
  for (let index = 0; index < data.length; index++) {
    const row = Math.floor(index / columns)
    lengths[row] = lengths[row]! + data[index]! ** 2
  }
  return lengths
}
