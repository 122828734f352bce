import { ConfigurationError, counted, DataError, ShapeError } from '@gantry/core'
import { checkFeatures, type FeatureMatrix } from '../features.ts'
import { localProducts, type MatrixProducts } from '../linear-algebra/products.ts'
import { sliceRows } from '../linear-algebra/rows.ts'
import { reporter, type Work } from '../work.ts'
import type { GaussianStatistics } from './gaussian-statistics.ts'

const ROWS_AT_ONCE = 1024

/** Sums that another accumulator can take over: what a shard sends home. */
export interface GaussianSums {
  readonly count: number
  readonly mean: Float64Array
  /** Σ (x − mean)(x − mean)ᵀ, row-major. */
  readonly scatter: Float64Array
}

/**
 * Mean and covariance in float64 of features that come in batches, or from elsewhere.
 *
 * Batches are joined by Chan, Golub & LeVeque's update (Updating Formulae and a Pairwise Algorithm for Computing Sample
 * Variances, 1979, eq. 2.1), which is exact: whatever the shards and their order, the result is that of one pass up to
 * rounding. Nothing is subtracted that is much larger than the result, so a large mean costs no digits.
 *
 * @example
 * ```ts
 * const sums = new GaussianAccumulator(2048)
 * for (const batch of batches) await sums.add(batch)
 * const { mean, covariance } = sums.finish()
 * ```
 */
export class GaussianAccumulator implements GaussianSums {
  readonly mean: Float64Array
  readonly scatter: Float64Array
  readonly #products: MatrixProducts
  #count = 0

  /** @throws ConfigurationError `PRODUCTS_INEXACT` for products in float32, whose rounding the covariance would keep */
  constructor(columns: number, products: MatrixProducts = localProducts) {
    if (products.dtype !== 'float64') {
      throw new ConfigurationError({
        code: 'PRODUCTS_INEXACT',
        message: `Covariances are summed in float64 but these products are ${products.dtype}.`,
        fix: "Use createBackendProducts(backend, 'float64').",
      })
    }
    this.mean = new Float64Array(columns)
    this.scatter = new Float64Array(columns * columns)
    this.#products = products
  }

  get count(): number {
    return this.#count
  }

  /**
   * @throws ShapeError `FEATURES_NOT_FINITE`, `FEATURES_MISSIZED`, `FEATURE_WIDTHS_DIFFER`
   */
  async add(features: FeatureMatrix, work: Work = {}): Promise<void> {
    this.#expectWidth(features.columns)
    checkFeatures(`Features after sample ${this.count}`, features)
    const report = reporter(work, features.rows, 'samples into the covariance')
    for (let start = 0; start < features.rows; start += ROWS_AT_ONCE) {
      const { rows, mean, transposed } = centredTransposed(sliceRows(features, start, start + ROWS_AT_ONCE))
      const { data } = await this.#products.timesTransposed(transposed, transposed)
      this.merge({ count: rows, mean, scatter: data as Float64Array })
      await report(Math.min(start + ROWS_AT_ONCE, features.rows))
    }
  }

  /** @throws ShapeError `FEATURE_WIDTHS_DIFFER` */
  merge(other: GaussianSums): void {
    const columns = this.mean.length
    this.#expectWidth(other.mean.length)
    if (other.count === 0) return
    const count = this.#count + other.count
    const difference = this.mean.map((value, index) => other.mean[index]! - value)
    const weight = (this.#count * other.count) / count
    for (let row = 0; row < columns; row++) {
      const scaled = weight * difference[row]!
      for (let column = 0; column < columns; column++) {
        const index = row * columns + column
        this.scatter[index] = this.scatter[index]! + other.scatter[index]! + scaled * difference[column]!
      }
    }
    for (let index = 0; index < columns; index++) {
      this.mean[index] = this.mean[index]! + (difference[index]! * other.count) / count
    }
    this.#count = count
  }

  /** @throws DataError `SAMPLES_TOO_FEW` below two samples: there is no covariance of one. */
  finish(): GaussianStatistics {
    if (this.#count < 2) {
      throw new DataError({
        code: 'SAMPLES_TOO_FEW',
        message: `A covariance needs 2 samples or more but there ${this.#count === 1 ? 'is 1' : 'are none'}.`,
      })
    }
    return {
      mean: this.mean.slice(),
      covariance: this.scatter.map((value) => value / (this.#count - 1)),
      count: this.#count,
    }
  }

  #expectWidth(columns: number): void {
    if (columns === this.mean.length) return
    throw new ShapeError({
      code: 'FEATURE_WIDTHS_DIFFER',
      message: `These statistics are of ${counted(this.mean.length, 'feature')} a sample but ${columns} came.`,
      fix: 'Use features of one extractor and one layer.',
    })
  }
}

function centredTransposed({ rows, columns, data }: FeatureMatrix) {
  const mean = new Float64Array(columns)
  for (let index = 0; index < data.length; index++) mean[index % columns] = mean[index % columns]! + data[index]!
  for (let column = 0; column < columns; column++) mean[column] = mean[column]! / rows
  const centred = new Float64Array(rows * columns)
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      centred[column * rows + row] = data[row * columns + column]! - mean[column]!
    }
  }
  return { rows, mean, transposed: { rows: columns, columns: rows, data: centred } }
}

/**
 * Mean and covariance of features, as {@link GaussianAccumulator} makes them.
 *
 * @throws ShapeError `FEATURES_NOT_FINITE`, `FEATURES_MISSIZED`; DataError `SAMPLES_TOO_FEW`
 */
export async function gaussianStatistics(
  features: FeatureMatrix,
  { products, ...work }: Work & { readonly products?: MatrixProducts } = {},
): Promise<GaussianStatistics> {
  const sums = new GaussianAccumulator(features.columns, products)
  await sums.add(features, work)
  return sums.finish()
}
