import { addGaussianNoise } from '@gantry/tfjs'
import { div, maximum, mul, sub, type Tensor, type Variable } from '@tensorflow/tfjs-core'
import { type AugmentationShare, adaptiveShare, constantShare } from '../augmentation/adaptive.ts'
import { augment } from '../augmentation/differentiable.ts'
import type { GameRules } from './game-options.ts'

/** Samples as the discriminator sees them: noisy and augmented, if the options say so. */
export interface DiscriminatorView {
  readonly share: AugmentationShare
  /** @param kind of the samples: real and generated ones have noise of their own */
  view(samples: Tensor, kind: 'real' | 'fake'): Tensor
}

/** @param updates number of the discriminator's updates so far, by which instance noise falls */
export function discriminatorView(options: GameRules, updates: Variable): DiscriminatorView {
  const { instanceNoise, instanceNoiseDecaySteps, augmentProbability, adaptiveAugmentTarget: target } = options
  const { adaptiveAugmentEvery: every, adaptiveAugmentImages: images } = options
  const share =
    target === undefined
      ? constantShare(augmentProbability)
      : adaptiveShare(augmentProbability === 1 ? 0 : augmentProbability, target, { every, images })
  /** σ·max(0, 1 - t/T). */
  const deviation = () =>
    instanceNoiseDecaySteps === undefined
      ? instanceNoise
      : mul(maximum(sub(1, div(updates, instanceNoiseDecaySteps)), 0), instanceNoise)
  return {
    share,
    view: (samples, kind) => {
      const augmented =
        options.augment.length === 0 ? samples : augment(samples, options.augment, share.value, `augment/${kind}`)
      return instanceNoise === 0 ? augmented : addGaussianNoise(augmented, deviation(), `instance_noise/${kind}`)
    },
  }
}
