import { ConfigurationError } from '@gantry/core'
import { NumpyRandomState } from '../random/numpy-random.ts'
import { reporter, type Work } from '../work.ts'

export interface BootstrapOptions extends Work {
  /** 1,000 by default. */
  readonly resamples?: number
  /** Share of resamples inside the interval; 0.95 by default. */
  readonly level?: number
  readonly seed?: number
}

/**
 * Percentile bootstrap interval of a statistic (Efron 1979; Efron & Tibshirani, An Introduction to the Bootstrap, sec. 13.3).
 * It tells what other samples of the same number would give; a bias of few samples, as FID has, it does not see, and
 * repeated samples add to that bias.
 *
 * @param count number of samples
 * @param statistic of the samples with these indices, which repeat
 * @throws ConfigurationError `BOOTSTRAP_INVALID`
 *
 * @example
 * ```ts
 * const [low, high] = await bootstrapInterval(scores.length, (indices) => mean(indices, scores))
 * ```
 */
export async function bootstrapInterval(
  count: number,
  statistic: (indices: Uint32Array) => number | Promise<number>,
  { resamples = 1000, level = 0.95, seed = 0, ...work }: BootstrapOptions = {},
): Promise<readonly [low: number, high: number]> {
  if (count < 1 || resamples < 1 || !(level > 0 && level < 1)) {
    throw new ConfigurationError({
      code: 'BOOTSTRAP_INVALID',
      message: `A ${100 * level}% interval cannot be had from ${resamples} resamples of ${count} samples.`,
      fix: 'Give samples and resamples, and a level between 0 and 1.',
    })
  }
  const random = new NumpyRandomState(seed)
  const values = new Float64Array(resamples)
  const report = reporter(work, resamples, 'bootstrap')
  for (let resample = 0; resample < resamples; resample++) {
    const indices = Uint32Array.from({ length: count }, () => random.integerUpTo(count - 1))
    values[resample] = await statistic(indices)
    await report(resample + 1)
  }
  values.sort()
  const tail = (1 - level) / 2
  return [quantile(values, tail), quantile(values, 1 - tail)]
}

/** Linear between the two nearest, as `numpy.quantile`. */
function quantile(sorted: Float64Array, share: number): number {
  const position = share * (sorted.length - 1)
  const below = Math.floor(position)
  const [low, high] = [sorted[below]!, sorted[Math.min(below + 1, sorted.length - 1)]!]
  return low + (position - below) * (high - low)
}
