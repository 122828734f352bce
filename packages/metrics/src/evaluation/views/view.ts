import type { EvaluationRequest } from '../evaluated-samples.ts'

/** What is known of an evaluation before anything is computed. */
export interface EvaluationSources {
  /** An extractor, or the samples themselves, give features. */
  readonly features: boolean
  /** The real samples are there, not only their statistics. */
  readonly realSamples: boolean
  /** The extractor gives class logits that say something about these data. */
  readonly logits: boolean
  /** The generated samples were asked for a class, and those are the classes of the logits. */
  readonly labels: boolean
  /** The distribution that the real samples are drawn from is known. */
  readonly mixture: boolean
  /** Each generated sample is made of something whose other half is known: what it should be. */
  readonly pairs: boolean
  /** There is a way back. */
  readonly cycle: boolean
  /** They are drawn from latent vectors, which one can move along paths. */
  readonly paths: boolean
}

/** How samples of a modality are scored. */
export interface View {
  readonly modality: string
  /** Who made the features where samples are their own; absent where an extractor must make them. */
  readonly ownFeatures?: EvaluationRequest['extractor']
  /** The metrics that say most of what can be said. */
  readonly metrics: readonly string[]
  /** What metrics can ask for. */
  offers(sources: EvaluationSources): readonly string[]
}
