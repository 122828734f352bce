/** A row-major matrix on the heap: where its first number is, and how many numbers lie from one row to the next. */
export interface HeapMatrix {
  readonly start: number
  readonly stride: number
}

/** The two loops where the time goes, over one heap of float64. All places and lengths count numbers. */
export interface Kernels {
  readonly heap: Float64Array
  /**
   * `C += sign · A · Bᵀ`, with `C` rows × columns and `inner` numbers in each row of `A` and of `B`.
   *
   * @param rows multiple of 4
   * @param columns multiple of 2
   * @param inner multiple of 2
   */
  addProduct(
    a: HeapMatrix,
    b: HeapMatrix,
    c: HeapMatrix,
    rows: number,
    columns: number,
    inner: number,
    sign: 1 | -1,
  ): void
  /**
   * For the lower triangle of rows and columns `first` to `size`: `A −= v wᵀ + w vᵀ`, and `p += A x` with the new `A`.
   * Blocks of 2 × 2 on the diagonal are whole.
   *
   * @param first even, and so is `size`
   */
  updateAndMultiply(matrix: HeapMatrix, first: number, size: number, v: number, w: number, x: number, p: number): void
}
