import type { Tensor } from '@tensorflow/tfjs-core'
import type { Mode, Network } from './network.ts'

/**
 * Makes samples.
 *
 * @param latent [batch, latentSize]
 * @param labels one-hot labels [batch, classes], for conditional networks
 * @returns [batch, ...shape]
 */
export function generate(generator: Network, latent: Tensor, labels: Tensor | undefined, mode: Mode): Tensor {
  return generator.apply({ latent, ...(labels && { labels }) }, mode).samples!
}
