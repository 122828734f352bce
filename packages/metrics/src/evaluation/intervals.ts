import type { FeatureMatrix } from '../features.ts'
import { sliceRows, takeRows } from '../linear-algebra/rows.ts'
import { bootstrapInterval } from '../metrics/bootstrap.ts'
import { frechetDistance } from '../metrics/frechet-distance.ts'
import { type InceptionScoreOptions, inceptionScore } from '../metrics/inception-score.ts'
import { maximumMeanDiscrepancy } from '../metrics/kernel-distance.ts'
import { GaussianAccumulator } from '../statistics/gaussian-accumulator.ts'
import type { GaussianStatistics } from '../statistics/gaussian-statistics.ts'
import type { Work } from '../work.ts'

export type Interval = readonly [low: number, high: number]

export interface IntervalOptions extends Work {
  readonly seed: number
  readonly resamples: number
}

/** Independent parts of the samples that are drawn instead of single ones. */
const BLOCKS = 100
const KERNEL_BLOCKS = 20

/**
 * Interval of the Fréchet distance over generated samples, the real ones given.
 *
 * Blocks of samples are drawn rather than samples, so that covariances are added up and not computed again. Repeating
 * samples makes every resample's distance too high by the same bias that few samples have; the interval is therefore moved
 * to where the resamples' median is the distance itself.
 */
export async function frechetInterval(
  value: number,
  real: GaussianStatistics,
  generated: FeatureMatrix,
  options: IntervalOptions,
): Promise<Interval> {
  const blocks: GaussianAccumulator[] = []
  for (const rows of blocksOf(generated, BLOCKS)) {
    const sums = new GaussianAccumulator(generated.columns)
    await sums.add(rows)
    blocks.push(sums)
  }
  const [low, high] = await centredInterval(value, blocks.length, options, async (indices) => {
    const sums = new GaussianAccumulator(generated.columns)
    for (const index of indices) sums.merge(blocks[index]!)
    return (await frechetDistance(real, sums.finish())).value
  })
  return [Math.max(0, low), high]
}

/** Interval of an Inception Score, moved as {@link frechetInterval}'s is. */
export async function inceptionInterval(
  value: number,
  logits: FeatureMatrix,
  score: InceptionScoreOptions,
  options: IntervalOptions,
): Promise<Interval> {
  return centredInterval(value, logits.rows, options, (indices) => {
    // Resamples come in random order already.
    return inceptionScore(takeRows(logits, indices), { ...score, shuffleSeed: null }).value
  })
}

/**
 * Interval of a kernel distance, from the unbiased distances of twenty pairs of blocks that share no sample (B-tests:
 * Zaremba, Gretton & Blaschko, NeurIPS 2013). Their mean scatters more than the distance of whole sets, so the interval is
 * rather too wide; undefined for fewer than 2 samples a block.
 */
export async function kernelInterval(
  value: number,
  left: FeatureMatrix,
  right: FeatureMatrix,
  options: IntervalOptions,
): Promise<Interval | undefined> {
  if (Math.min(left.rows, right.rows) < 2 * KERNEL_BLOCKS) return undefined
  const [leftBlocks, rightBlocks] = [blocksOf(left, KERNEL_BLOCKS), blocksOf(right, KERNEL_BLOCKS)]
  const distances: number[] = []
  for (const [index, block] of leftBlocks.entries()) {
    distances.push(await maximumMeanDiscrepancy(block, rightBlocks[index]!))
  }
  return centredInterval(value, distances.length, options, (indices) => meanAt(distances, indices))
}

/** Interval of a mean. */
export function meanInterval(values: ArrayLike<number>, options: IntervalOptions): Promise<Interval> {
  return bootstrapInterval(values.length, (indices) => meanAt(values, indices), options)
}

/** Interval of a share of samples that each either have something or have not: which ones do does not matter. */
export function shareInterval(share: number, count: number, options: IntervalOptions): Promise<Interval> {
  const having = Math.round(share * count)
  const statistic = (indices: Uint32Array) => indices.reduce((sum, index) => sum + (index < having ? 1 : 0), 0) / count
  return bootstrapInterval(count, statistic, options)
}

async function centredInterval(
  value: number,
  count: number,
  options: IntervalOptions,
  statistic: (indices: Uint32Array) => number | Promise<number>,
): Promise<Interval> {
  const values: number[] = []
  const [low, high] = await bootstrapInterval(
    count,
    async (indices) => {
      const resampled = await statistic(indices)
      values.push(resampled)
      return resampled
    },
    options,
  )
  values.sort((a, b) => a - b)
  const shift = value - (values[(values.length - 1) >> 1]! + values[values.length >> 1]!) / 2
  return [low + shift, high + shift]
}

function blocksOf(features: FeatureMatrix, count: number): FeatureMatrix[] {
  const blocks = Math.min(count, features.rows)
  const bound = (block: number) => Math.floor((block * features.rows) / blocks)
  return Array.from({ length: blocks }, (_, block) => sliceRows(features, bound(block), bound(block + 1)))
}

function meanAt(values: ArrayLike<number>, indices: Uint32Array): number {
  let sum = 0
  for (const index of indices) sum += values[index]!
  return sum / indices.length
}
