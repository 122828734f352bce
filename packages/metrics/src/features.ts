import { counted, type NDArray, ShapeError } from '@gantry/core'

/** Features of some samples, one row a sample, row-major. */
export interface FeatureMatrix {
  readonly rows: number
  readonly columns: number
  readonly data: Float32Array | Float64Array
}

/** Images as the extractors take them: uint8 [count, height, width, channels], 0 to 255, 1 or 3 channels. */
export type ImageBatch = NDArray<'uint8'>

/**
 * Checks features before a metric uses them.
 *
 * @throws ShapeError `FEATURES_NOT_FINITE` naming the first bad row and column, `FEATURES_MISSIZED`
 */
export function checkFeatures(owner: string, { rows, columns, data }: FeatureMatrix): void {
  if (data.length !== rows * columns) {
    throw new ShapeError({
      code: 'FEATURES_MISSIZED',
      message: `${owner}: ${rows} × ${counted(columns, 'feature')} need ${rows * columns} numbers but there are ${data.length}.`,
    })
  }
  const bad = data.findIndex((value) => !Number.isFinite(value))
  if (bad === -1) return
  throw new ShapeError({
    code: 'FEATURES_NOT_FINITE',
    message: `${owner}: feature ${bad % columns} of sample ${Math.floor(bad / columns)} is ${data[bad]}.`,
    fix: 'Look at the samples: a network that diverged draws NaN.',
  })
}

/**
 * @throws ShapeError `FEATURE_WIDTHS_DIFFER`
 */
export function checkSameWidth(left: FeatureMatrix, right: FeatureMatrix): void {
  if (left.columns === right.columns) return
  throw new ShapeError({
    code: 'FEATURE_WIDTHS_DIFFER',
    message: `One set has ${counted(left.columns, 'feature')} a sample and the other ${right.columns}.`,
    fix: 'Compare features of one extractor and one layer.',
  })
}
