import type { Tensor } from '@tensorflow/tfjs-core'
import type { Mode, Network } from './network.ts'

/** What a discriminator says of a batch of samples. */
export interface Judgement {
  /** [batch, 1]: above 0 for real. */
  readonly logits: Tensor
  /** What the last hidden layer saw: [batch, width]. */
  readonly features: Tensor
  /** [batch, n] for every head that was asked for, by name. */
  readonly heads: Readonly<Record<string, Tensor>>
}

/**
 * Judges samples.
 *
 * @param samples [batch, ...shape]
 * @param labels one-hot labels [batch, classes], for conditional networks
 */
export function judge(discriminator: Network, samples: Tensor, labels: Tensor | undefined, mode: Mode): Judgement {
  const { logits, features, ...heads } = discriminator.apply({ samples, ...(labels && { labels }) }, mode)
  return { logits: logits!, features: features!, heads }
}
