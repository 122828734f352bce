import {
  type DrawFeed,
  type DType,
  type NDArray,
  ndarray,
  RandomStream,
  sizeOfShape,
  UnsupportedError,
} from '@gantry/core'

type Distribution = 'normal' | 'uniform'

/** What is drawn: the random stream of this name, and what one row of it looks like. */
export interface DrawnRows {
  readonly name: string
  /** Of one row. */
  readonly shape: readonly number[]
  /** Standard normal, or uniform in [0, 1). */
  readonly distribution: Distribution
  /** `float32` or `float64`; default: `float32` */
  readonly dtype?: DType
}

/** Words of the random stream that `count` draws take; normals are drawn in pairs. */
export function wordsOf(distribution: Distribution, count: number): number {
  return distribution === 'normal' ? 2 * Math.ceil(count / 2) : count
}

/**
 * Rows number `from` to `from + count - 1` of a seed. Every row has its own place in the random stream, so row 70 is the same
 * however many are drawn at a time.
 *
 * @returns [count, ...shape]
 * @throws UnsupportedError `RANDOM_DTYPE` for rows that are no floats
 *
 * @example
 * ```ts
 * const latent = drawRows({ name: 'latent', shape: [100], distribution: 'normal' }, { seed: 0, from: 0, count: 64 })
 * ```
 */
export function drawRows(
  { name, shape, distribution, dtype = 'float32' }: DrawnRows,
  { seed, from, count }: { readonly seed: number; readonly from: number; readonly count: number },
): NDArray {
  const rows = ndarray(dtype, [count, ...shape])
  const { data } = rows
  if (!(data instanceof Float32Array || data instanceof Float64Array)) {
    throw new UnsupportedError({
      code: 'RANDOM_DTYPE',
      message: `'${name}' is ${dtype} but random draws are floats.`,
    })
  }
  const size = sizeOfShape(shape)
  const random = new RandomStream(seed, name)
  for (let row = 0; row < count; row++) {
    random.seek((from + row) * wordsOf(distribution, size))
    random.fill(distribution, data.subarray(row * size, (row + 1) * size))
  }
  return rows
}

/**
 * Draws the noise that a function turns out to need, by sample: row r of sample `from + r`. An engine that knows of the noise
 * beforehand has it as an input, and gets the same numbers from `supply`.
 *
 * @example
 * ```ts
 * const inputs = supply(ports, { seed, from, count })
 * const { samples } = await session.evaluate('generate', inputs, noiseDraw({ seed, from }))
 * ```
 */
export function noiseDraw({ seed, from }: { readonly seed: number; readonly from: number }): DrawFeed {
  return (name, { dtype, shape: [count = 1, ...shape], source }) => {
    const distribution = source.from === 'random' ? source.distribution : 'normal'
    return drawRows({ name, shape, distribution, dtype }, { seed, from, count })
  }
}
