import { drawUniform } from '@gantry/tfjs'
import { cast, floor, mul, type Tensor } from '@tensorflow/tfjs-core'
import { generate } from '../generate.ts'
import type { Network } from '../network.ts'
import { asOneHot } from '../one-hot.ts'
import type { GameExtension } from './extension.ts'

type Feeds = Readonly<Record<string, Tensor>>

/** A batch of samples with what belongs to it. */
export interface Samples {
  readonly samples: Tensor
  /** One-hot labels [batch, classes]. */
  readonly labels: Tensor | undefined
  /** Latent vectors that they were made from. */
  readonly latent: Tensor | undefined
  /** Where they were made of something: what was made, and what should have been. */
  readonly made?: { readonly output: Tensor; readonly target: Tensor }
}

/** Where a game takes its samples from. */
export interface SampleSource {
  /** Those of the data. */
  real(feeds: Feeds): Samples
  /** Those that the generator makes in training. */
  fake(feeds: Feeds, labels: Tensor | undefined): Samples
  /** Latent vectors out of the noise that is drawn; undefined in games without. */
  latent(feeds: Feeds): Tensor | undefined
  /** One-hot labels [batch, classes] of every class equally often; undefined in games without labels. */
  drawLabels(): Tensor | undefined
}

/** Of games that make samples from noise. */
export function sampleSource(
  generator: Network,
  batchSize: number,
  classes: number | undefined,
  extension: GameExtension | undefined,
): SampleSource {
  const latent = ({ latent: noise }: Feeds) => extension?.latent?.(noise!) ?? noise!
  return {
    latent,
    real: (feeds) => ({
      samples: feeds.samples!,
      labels: classes === undefined ? undefined : asOneHot(feeds.labels!, classes),
      latent: undefined,
    }),
    fake: (feeds, labels) => ({
      samples: generate(generator, latent(feeds), labels, { training: true }),
      labels,
      latent: latent(feeds),
    }),
    drawLabels: () => {
      if (classes === undefined) return undefined
      return asOneHot(cast(floor(mul(drawUniform('generated_labels', [batchSize]), classes)), 'int32'), classes)
    },
  }
}
