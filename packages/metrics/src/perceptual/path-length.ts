import { ConfigurationError, type NDArray, ndarray, RandomStream, ShapeError } from '@gantry/core'
import { reporter, type Work } from '../work.ts'
import { interpolations } from './interpolation.ts'

// Perceptual path length: Karras, Laine, Aila, A Style-Based Generator Architecture for GANs, CVPR 2019, section 4.1:
//   E[ d(G(i(z₁, z₂; t)), G(i(z₁, z₂; t + ε))) / ε² ]
// Reference: NVlabs/stylegan metrics/perceptual_path_length.py (t in [0, 1), percentiles 1 and 99) and torch-fidelity
// metric_ppl.py (t = 0), whose percentiles these are: `lower` at the low end and `higher` at the high one.

/** A generator, a distance of images, and how paths are drawn. */
export interface PathLengthOptions extends Work {
  /**
   * Draws one sample for every latent vector [count, latentSize]. It is called twice for every batch, for the two ends;
   * `first` is the index of the batch's first path: a generator with labels or noise must give both ends the same.
   */
  readonly generate: (latents: NDArray<'float32'>, first: number) => Promise<NDArray>
  /**
   * One distance for every pair; LPIPS is what the metric is defined by. It must take the samples unrounded: of a step of
   * 1e-4 nothing is left in 8 bits.
   */
  readonly distance: (left: NDArray, right: NDArray) => Promise<ArrayLike<number>>
  readonly latentSize: number
  readonly seed: number
  /** Fills with latent vectors; standard normal by default. */
  readonly drawLatents?: (random: RandomStream, out: Float64Array) => void
  /** Paths: 100,000 in the paper; by default 10,000. */
  readonly count?: number
  readonly batchSize?: number
  readonly epsilon?: number
  /** `slerp` for normal latent vectors (default), `slerp-unit` where the generator normalizes them, `lerp` for StyleGAN's w. */
  readonly interpolation?: keyof typeof interpolations
  /** Where on the path: anywhere (`full`, the default) or at its start (`end`, torch-fidelity's). */
  readonly sampling?: 'full' | 'end'
  /** Percentiles outside of which distances are left out. */
  readonly discard?: readonly [low: number, high: number] | false
}

export interface PathLength {
  readonly mean: number
  /** Of the distances that were kept. */
  readonly standardDeviation: number
  readonly kept: number
  /** Those within the percentiles, divided by ε². */
  readonly keptDistances: Float64Array
  /** All distances, divided by ε²; paths in the order in which they were drawn. */
  readonly distances: Float64Array
}

/**
 * How far images move, perceptually, for a small step in latent space: less is smoother.
 *
 * Latent vectors reach the generator as float32, with about 7 digits: of a step of 1e-4 three digits are left. That is so in
 * the references too.
 *
 * @throws ConfigurationError `PATH_LENGTH_OPTIONS`; ShapeError `DISTANCES_MISSIZED`, `DISTANCES_NOT_FINITE`
 *
 * @example
 * ```ts
 * const { mean } = await perceptualPathLength({ generate, distance, latentSize: 100, seed: 1 })
 * ```
 */
export async function perceptualPathLength(options: PathLengthOptions): Promise<PathLength> {
  const { latentSize, seed, count = 10_000, batchSize = 64, epsilon = 1e-4 } = options
  const { interpolation = 'slerp', sampling = 'full', discard = [1, 99] } = options
  checkOptions(options, count, batchSize, epsilon)
  const draw = options.drawLatents ?? ((random: RandomStream, out: Float64Array) => void random.fillNormal(out))
  const latents = new RandomStream(seed, 'metrics/path-length/latents')
  const positions = new RandomStream(seed, 'metrics/path-length/positions')
  const interpolate = interpolations[interpolation]
  const [from, to, between] = [0, 0, 0].map(() => new Float64Array(latentSize)) as Triple
  const distances = new Float64Array(count)
  const report = reporter(options, count, 'paths')
  for (let first = 0; first < count; first += batchSize) {
    const size = Math.min(batchSize, count - first)
    const start = ndarray('float32', [size, latentSize])
    const end = ndarray('float32', [size, latentSize])
    for (let row = 0; row < size; row++) {
      draw(latents, from)
      draw(latents, to)
      const position = sampling === 'end' ? 0 : positions.uniform()
      interpolate(from, to, position, between)
      start.data.set(between, row * latentSize)
      interpolate(from, to, position + epsilon, between)
      end.data.set(between, row * latentSize)
    }
    const left = await options.generate(start, first)
    const right = await options.generate(end, first)
    const own = await options.distance(left, right)
    checkDistances(own, size, first)
    for (let row = 0; row < size; row++) distances[first + row] = own[row]! / epsilon ** 2
    await report(first + size)
  }
  const kept = discard === false ? distances : withinPercentiles(distances, discard)
  const mean = average(kept)
  const standardDeviation = Math.sqrt(average(kept.map((value) => (value - mean) ** 2)))
  return { mean, standardDeviation, kept: kept.length, keptDistances: kept, distances }
}

type Triple = [Float64Array, Float64Array, Float64Array]

/** numpy's percentiles, `lower` and `higher`: both ends are values of the array. */
function withinPercentiles(values: Float64Array, [low, high]: readonly [number, number]): Float64Array {
  const sorted = values.toSorted()
  const last = sorted.length - 1
  const lowest = sorted[Math.floor((low / 100) * last)]!
  const highest = sorted[Math.ceil((high / 100) * last)]!
  return values.filter((value) => value >= lowest && value <= highest)
}

function average(values: Float64Array): number {
  let sum = 0
  for (const value of values) sum += value
  return sum / values.length
}

function checkOptions({ discard }: PathLengthOptions, count: number, batchSize: number, epsilon: number): void {
  const problem = [
    !(Number.isSafeInteger(count) && count > 0) && `count is ${count}, but it is an integer of at least 1`,
    !(Number.isSafeInteger(batchSize) && batchSize > 0) &&
      `batchSize is ${batchSize}, but it is an integer of at least 1`,
    !(epsilon > 0 && epsilon < 1) && `epsilon is ${epsilon}, but it lies between 0 and 1`,
    discard &&
      !(discard[0] >= 0 && discard[0] < discard[1] && discard[1] <= 100) &&
      `discard is ${discard}, but percentiles rise from 0 to 100`,
  ].find((each) => typeof each === 'string')
  if (problem === undefined) return
  throw new ConfigurationError({ code: 'PATH_LENGTH_OPTIONS', message: `Perceptual path length: ${problem}.` })
}

function checkDistances(distances: ArrayLike<number>, size: number, first: number): void {
  if (distances.length !== size) {
    throw new ShapeError({
      code: 'DISTANCES_MISSIZED',
      message: `Perceptual path length: the distance function got ${size} pairs but returned ${distances.length} numbers.`,
    })
  }
  const bad = Array.from(distances).findIndex((value) => !Number.isFinite(value))
  if (bad === -1) return
  throw new ShapeError({
    code: 'DISTANCES_NOT_FINITE',
    message: `Perceptual path length: the distance of path ${first + bad} is ${distances[bad]}.`,
    fix: 'Look at the samples: a network that diverged draws NaN.',
  })
}
