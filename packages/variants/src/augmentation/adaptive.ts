import {
  add,
  clipByValue,
  mean,
  mul,
  type Scalar,
  scalar,
  sign,
  sub,
  type Tensor,
  tidy,
  type Variable,
  variable,
} from '@tensorflow/tfjs-core'

/** The share of samples that are augmented, as state. */
export interface AugmentationShare {
  readonly value: number | Variable
  readonly slots: Readonly<Record<string, Variable>>
  /** Follows the discriminator: more augmentation while it is sure of the real samples. */
  update(realLogits: Tensor): void
  dispose(): void
}

/** Samples after which the share could have gone from 0 to 1 (Karras et al. 2020, section 3.1: 500 thousand). */
const SAMPLES_TO_FULL = 500_000

/** A share that stays as it is. */
export function constantShare(value: number): AugmentationShare {
  return { value, slots: {}, update: () => {}, dispose: () => {} }
}

/**
 * Adaptive discriminator augmentation (Karras et al. 2020, Training Generative Adversarial Networks with Limited Data,
 * section 3.1): r = E sign(D(real)) tells how far the discriminator overfits; the share grows a little while r is above the
 * target and falls while it is below.
 */
export function adaptiveShare(start: number, target: number): AugmentationShare {
  const share = tidy(() => variable(scalar(start), false))
  return {
    value: share,
    slots: { share },
    update: (realLogits) =>
      tidy(() => {
        const overfitting = mean(sign(realLogits))
        const step = realLogits.shape[0]! / SAMPLES_TO_FULL
        const next = clipByValue(add(share, mul(sign(sub(overfitting, target)), step)), 0, 1)
        share.assign(next as Scalar)
      }),
    dispose: () => share.dispose(),
  }
}
