import type { GaussianMixture } from './gaussian-mixture.ts'

/** Points in each set, as in the toy experiments of Improved Training of Wasserstein GANs. */
export const POINT_COUNT = 100_000

/** Fixed: a data set is the same for every run, whose own seed only orders it. */
export const pointSeed = 0

export interface PointCloud {
  /** x and y of each point, interleaved. */
  readonly points: Float32Array
  /** Where they were drawn from, and the mode of each, where the distribution has modes. */
  readonly drawn?: { readonly mixture: GaussianMixture; readonly modes: Uint8Array }
}
