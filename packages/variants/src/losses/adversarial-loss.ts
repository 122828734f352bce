import type { Scalar, Tensor } from '@tensorflow/tfjs-core'

/** What discriminator and generator minimise, from the discriminator's logits ([batch, 1]). */
export interface AdversarialLoss {
  discriminator(realLogits: Tensor, fakeLogits: Tensor): Scalar
  generator(fakeLogits: Tensor): Scalar
}
