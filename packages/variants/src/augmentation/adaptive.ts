import {
  add,
  cast,
  clipByValue,
  div,
  greaterEqual,
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
  where,
} from '@tensorflow/tfjs-core'

/** The share of samples that are augmented, as state. */
export interface AugmentationShare {
  readonly value: number | Variable
  readonly slots: Readonly<Record<string, Variable>>
  /** Follows the discriminator: more augmentation while it is sure of the real samples. */
  update(realLogits: Tensor): void
  dispose(): void
}

/** A share that stays as it is. */
export function constantShare(value: number): AugmentationShare {
  return { value, slots: {}, update: () => {}, dispose: () => {} }
}

/** How fast an adaptive share moves. */
export interface AdaptiveSpeed {
  /** Batches whose signs are averaged before it moves. */
  readonly every: number
  /** Samples over which it could go from 0 to 1: 500 thousand in section 3.1 of the paper. */
  readonly images: number
}

/**
 * Adaptive discriminator augmentation (Karras et al. 2020, Training Generative Adversarial Networks with Limited Data,
 * section 3.1): r = E sign(D(real)) tells how far the discriminator overfits; the share grows a little while r is above the
 * target and falls while it is below. With `every` above 1, r is of so many batches, and the share stays until they are through.
 */
export function adaptiveShare(start: number, target: number, { every, images }: AdaptiveSpeed): AugmentationShare {
  const share = tidy(() => variable(scalar(start), false))
  const moved = (overfitting: Tensor, samples: number) =>
    clipByValue(add(share, mul(sign(sub(overfitting, target)), samples / images)), 0, 1) as Scalar
  if (every === 1) {
    const update = (logits: Tensor) => tidy(() => share.assign(moved(mean(sign(logits)), logits.shape[0]!)))
    return { value: share, slots: { share }, update, dispose: () => share.dispose() }
  }
  const signs = tidy(() => variable(scalar(0), false))
  const batches = tidy(() => variable(scalar(0), false))
  return {
    value: share,
    slots: { share, signs, batches },
    update: (logits) =>
      tidy(() => {
        const [sum, count] = [add(signs, mean(sign(logits))), add(batches, 1)]
        const isThrough = greaterEqual(count, every)
        const keeps = sub(1, cast(isThrough, 'float32'))
        share.assign(where(isThrough, moved(div(sum, every), logits.shape[0]! * every), share) as Scalar)
        signs.assign(mul(sum, keeps) as Scalar)
        batches.assign(mul(count, keeps) as Scalar)
      }),
    dispose: () => {
      for (const slot of [share, signs, batches]) slot.dispose()
    },
  }
}
