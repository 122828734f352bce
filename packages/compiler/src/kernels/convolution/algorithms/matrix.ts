/** A dense matrix in row-major order, in float64: algorithms are derived in it and rounded once. */
export interface Matrix {
  readonly rows: number
  readonly columns: number
  readonly data: Float64Array
}

export function matrix(rows: number, columns: number, at: (row: number, column: number) => number): Matrix {
  const data = new Float64Array(rows * columns)
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) data[row * columns + column] = at(row, column)
  }
  return { rows, columns, data }
}

export function entry({ columns, data }: Matrix, row: number, column: number): number {
  return data[row * columns + column]!
}

const transposes = new WeakMap<Matrix, Matrix>()

/** Made once: the gradients of every convolution of a window ask for the same ones. */
export function transpose(own: Matrix): Matrix {
  let turned = transposes.get(own)
  if (turned === undefined) {
    turned = matrix(own.columns, own.rows, (row, column) => entry(own, column, row))
    transposes.set(own, turned)
  }
  return turned
}

/** The matrix that does to both axes at once what the two do to one each: rows and columns of the first vary slowest. */
export function kronecker(first: Matrix, second: Matrix): Matrix {
  return matrix(
    first.rows * second.rows,
    first.columns * second.columns,
    (row, column) =>
      entry(first, Math.floor(row / second.rows), Math.floor(column / second.columns)) *
      entry(second, row % second.rows, column % second.columns),
  )
}

/** The rows of a matrix at the given places. */
export function rowsOf(own: Matrix, places: readonly number[]): Matrix {
  return matrix(places.length, own.columns, (row, column) => entry(own, places[row]!, column))
}

/** The columns of a matrix at the given places. */
export function columnsOf(own: Matrix, places: readonly number[]): Matrix {
  return matrix(own.rows, places.length, (row, column) => entry(own, row, places[column]!))
}
