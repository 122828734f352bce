import type { NDArray } from '@gantry/core'
import type { ExtractionProtocol, FeatureExtractor } from '../extractor.ts'
import type { FeatureMatrix, ImageBatch } from '../features.ts'
import type { MatrixProducts } from '../linear-algebra/products.ts'
import type { PerceptualDistance } from '../lpips/perceptual-distance.ts'
import type { Mixture } from '../modes/mixture-modes.ts'
import type { ScoreProtocol } from '../score.ts'
import type { GaussianStatistics } from '../statistics/gaussian-statistics.ts'
import type { Work } from '../work.ts'

/** What is known of one side of an evaluation. */
export interface EvaluatedSamples {
  readonly count: number
  /** Of the layer for distances; absent where only `statistics` are known. */
  readonly features?: FeatureMatrix
  /** Of the same features; computed where they are absent. */
  readonly statistics?: GaussianStatistics
  /** Class logits. */
  readonly logits?: FeatureMatrix
  /** The first of the samples, as many as there is memory for. */
  readonly images?: ImageBatch
  /** What they were made of, one a sample, where that was images: as many of the first as `images` has. */
  readonly sources?: ImageBatch
  /** Class of each sample, where the data set knows it. */
  readonly labels?: Int32Array
  /** What metrics of other modalities ask for, under the names of their needs: [count, ...shape]. */
  readonly more?: Readonly<Record<string, NDArray>>
}

export interface EvaluationRequest extends Work {
  readonly real: EvaluatedSamples
  readonly generated: EvaluatedSamples
  /** Whether real sample i is what generated sample i should be. */
  readonly paired?: boolean
  /** What is no model, made of the same as the generated samples and scored as they are, by name: `identity`, `nearest` … */
  readonly baselines?: Readonly<Record<string, EvaluatedSamples>>
  /** How far two images are apart to an onlooker; see `createPerceptualDistance`. */
  readonly perceptual?: Pick<PerceptualDistance, 'name' | 'weights' | 'compare'>
  /** Names of metrics: {@link metrics}. */
  readonly metrics: readonly string[]
  /** Who made the features; see {@link View.ownFeatures} for samples that are their own. */
  readonly extractor: Pick<FeatureExtractor, 'name' | 'frechetName' | 'protocol'>
  /** What the real samples are: `mnist/train`. */
  readonly realName: string
  /** Draws what is drawn, in metrics whose reference has no seed of its own. */
  readonly seed: number
  /**
   * For 95% intervals; 0 computes none. By default 200, but none for the Fréchet distance of more than 512 features, which
   * takes seconds each.
   */
  readonly resamples?: number
  /** k, of metrics that count neighbours; absent takes their convention's number. */
  readonly neighbours?: number
  /** The distribution that real points are drawn from. */
  readonly mixture?: Mixture
  /** What multiplies matrices; `localProducts` by default. */
  readonly products?: MatrixProducts
}

/** A number before it has its protocol. */
export interface MetricValue {
  readonly name: string
  readonly value: number
  readonly standardDeviation?: number
  readonly interval?: readonly [low: number, high: number]
  readonly better: 'lower' | 'higher'
  readonly convention: string
  /** Who looked at the images, where it was not the extractor. */
  readonly extraction?: ExtractionProtocol
  /** Where a metric takes fewer samples than there are. */
  readonly counts?: Pick<ScoreProtocol, 'realCount' | 'generatedCount'>
}

export interface MetricOutcome {
  readonly values: readonly MetricValue[]
  readonly warnings: readonly string[]
}

/** What metrics can ask these samples for. */
export function offeredBy({ real, generated, mixture, paired, perceptual }: EvaluationRequest): string[] {
  return [
    ...(generated.features || generated.statistics ? ['features'] : []),
    ...(real.features ? ['real features'] : []),
    ...(generated.images ? ['images'] : []),
    ...(paired && real.images && generated.images ? ['pairs'] : []),
    ...(perceptual ? ['perceptual distance'] : []),
    ...(generated.logits ? ['logits'] : []),
    ...(generated.logits || mixture ? ['modes'] : []),
    ...(generated.logits && generated.labels ? ['labels'] : []),
    ...Object.keys(generated.more ?? {}),
  ]
}
