import { ConfigurationError, counted } from '@gantry/core'
import { checkFeatures, type FeatureMatrix } from '../features.ts'
import { NumpyRandomState } from '../random/numpy-random.ts'

// Inception Score (Salimans et al., Improved Techniques for Training GANs, NeurIPS 2016, sec. 4):
//   exp(E_x KL(p(y|x) ‖ p(y))), over splits of the samples: mean and population deviation.
// Agrees with toshas/torch-fidelity@5e211a95 (metric_isc.py), which shuffles by RandomState(2020) and cuts 10 splits.

/** How the reference that the convention is named by cuts the samples. */
const conventions = {
  /** torch-fidelity: shuffled, 10 splits. */
  'torch-fidelity': { splits: 10, shuffleSeed: 2020 },
  /** openai/improved-gan: 10 splits in the order in which the samples came. */
  'improved-gan': { splits: 10, shuffleSeed: undefined },
  /** One score of all samples: no deviation, and not lowered by small splits. */
  'one-split': { splits: 1, shuffleSeed: undefined },
} as const

export type InceptionScoreConvention = keyof typeof conventions

export interface InceptionScoreOptions {
  /** `torch-fidelity` by default. */
  readonly convention?: InceptionScoreConvention
  readonly splits?: number
  /** Seed of the shuffle; `null` leaves the order. */
  readonly shuffleSeed?: number | null
  /**
   * What a class counts whose probability is exactly 0 for every sample of a split (0 · log 0): NaN in the references, which
   * makes the score NaN; 0 by the limit.
   */
  readonly emptyClasses?: 'NaN' | 'zero'
}

export interface InceptionScore {
  readonly value: number
  /** Population deviation over the splits. */
  readonly standardDeviation: number
  readonly splitScores: readonly number[]
  readonly warnings: readonly string[]
}

/**
 * Inception Score of class logits (those of the Inception network without its bias; see the extractor).
 *
 * @throws ShapeError `FEATURES_NOT_FINITE`, `FEATURES_MISSIZED`; ConfigurationError `SPLITS_INVALID` for more splits than samples
 */
export function inceptionScore(logits: FeatureMatrix, options: InceptionScoreOptions = {}): InceptionScore {
  const { convention = 'torch-fidelity', emptyClasses = 'NaN' } = options
  const { splits = conventions[convention].splits, shuffleSeed = conventions[convention].shuffleSeed } = options
  const { rows } = logits
  checkFeatures('Logits', logits)
  if (!Number.isInteger(splits) || splits < 1 || splits > rows) {
    throw new ConfigurationError({
      code: 'SPLITS_INVALID',
      message: `${counted(rows, 'sample')} cannot be cut into ${splits} splits.`,
      fix: 'Draw more samples, or ask for fewer splits.',
    })
  }
  const order =
    shuffleSeed === undefined || shuffleSeed === null
      ? Uint32Array.from({ length: rows }, (_, index) => index)
      : new NumpyRandomState(shuffleSeed).permutation(rows)
  const splitScores = Array.from({ length: splits }, (_, split) => {
    const [from, to] = [split, split + 1].map((bound) => Math.floor((bound * rows) / splits)) as [number, number]
    return scoreOf(logits, order.subarray(from, to), emptyClasses)
  })
  const value = splitScores.reduce((sum, score) => sum + score, 0) / splits
  const variance = splitScores.reduce((sum, score) => sum + (score - value) ** 2, 0) / splits
  const [perSplit, classes] = [Math.floor(rows / splits), logits.columns]
  // 10,000 samples in 10 splits are common for 1,008 classes; half as many would be no measure any more.
  const few =
    rows < classes || 2 * perSplit < classes
      ? [
          `${counted(perSplit, 'sample')} a split cannot show ${counted(classes, 'class', 'classes')}: the Inception Score is at most ${perSplit} then, and too low. Draw ${counted(classes * splits, 'sample')} or more.`,
        ]
      : []
  const empty = Number.isNaN(value)
    ? [
        'A class has the probability 0 for all samples of a split, where the reference gives NaN. emptyClasses: zero counts such a class 0.',
      ]
    : []
  return { value, standardDeviation: Math.sqrt(variance), splitScores, warnings: [...few, ...empty] }
}

/** exp of the mean Kullback–Leibler divergence of these samples' classes from their own average. */
function scoreOf({ columns, data }: FeatureMatrix, samples: Uint32Array, emptyClasses: 'NaN' | 'zero'): number {
  const logProbabilities = new Float64Array(samples.length * columns)
  const average = new Float64Array(columns)
  for (const [row, sample] of samples.entries()) {
    const values = data.subarray(sample * columns, (sample + 1) * columns)
    let largest = Number.NEGATIVE_INFINITY
    for (const value of values) largest = Math.max(largest, value)
    let total = 0
    for (const value of values) total += Math.exp(value - largest)
    const logTotal = Math.log(total)
    for (let column = 0; column < columns; column++) {
      const logProbability = values[column]! - largest - logTotal
      logProbabilities[row * columns + column] = logProbability
      average[column] = average[column]! + Math.exp(logProbability) / samples.length
    }
  }
  const logAverage = average.map((probability) =>
    probability === 0 && emptyClasses === 'zero' ? 0 : Math.log(probability),
  )
  let divergence = 0
  for (let row = 0; row < samples.length; row++) {
    let sum = 0
    for (let column = 0; column < columns; column++) {
      const logProbability = logProbabilities[row * columns + column]!
      sum += Math.exp(logProbability) * (logProbability - logAverage[column]!)
    }
    divergence += sum
  }
  return Math.exp(divergence / samples.length)
}
