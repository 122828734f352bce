import { drawUniform } from '@gantry/tfjs'
import { add, less, mean, type Scalar, sub, type Tensor, where } from '@tensorflow/tfjs-core'

/** A loss as a sum of terms of one logit each: what most GANs minimise. Every function maps logits element by element. */
export interface PointwiseLoss {
  /** The discriminator's term for a sample that should count as real. */
  real(logits: Tensor): Tensor
  /** The discriminator's term for a sample that should count as generated. */
  fake(logits: Tensor): Tensor
  /** The generator's term for a sample that it made. */
  generator(logits: Tensor): Tensor
}

/** What discriminator and generator minimise, from the discriminator's logits ([batch, 1]). */
export interface AdversarialLoss {
  /** True when the generator's loss looks at the real samples, too. */
  readonly generatorSeesReal: boolean
  discriminator(realLogits: Tensor, fakeLogits: Tensor): Scalar
  generator(fakeLogits: Tensor, realLogits?: Tensor): Scalar
}

export interface LossOptions {
  /**
   * Share of the samples that the discriminator is shown with the wrong label, drawn at every step: noise that keeps it from
   * being too sure.
   */
  readonly flipLabels?: number
  /**
   * Judges every sample against the average of the other kind (Jolicoeur-Martineau 2019, The Relativistic Discriminator,
   * equation 8): C(x) - E C(G(z)) in place of C(x), and the other way round. The generator's loss then has both terms with
   * their labels exchanged.
   */
  readonly relativistic?: boolean
}

/** Averages of a loss's terms over the batch. */
export function adversarialLoss(terms: PointwiseLoss, options: LossOptions = {}): AdversarialLoss {
  const { flipLabels = 0, relativistic = false } = options
  const relative = (real: Tensor, fake: Tensor) =>
    relativistic ? ([sub(real, mean(fake)), sub(fake, mean(real))] as const) : ([real, fake] as const)
  /** The term that belongs to a sample, or now and then the other one. */
  const shown = (name: string, logits: Tensor, right: PointwiseLoss['real'], wrong: PointwiseLoss['real']) =>
    flipLabels === 0
      ? right(logits)
      : where(less(drawUniform(`flips/${name}`, logits.shape), flipLabels), wrong(logits), right(logits))
  return {
    generatorSeesReal: relativistic,
    discriminator: (realLogits, fakeLogits) => {
      const [real, fake] = relative(realLogits, fakeLogits)
      return add(
        mean(shown('real', real, terms.real, terms.fake)),
        mean(shown('fake', fake, terms.fake, terms.real)),
      ) as Scalar
    },
    generator: (fakeLogits, realLogits) => {
      if (!relativistic) return mean(terms.generator(fakeLogits))
      const [real, fake] = relative(realLogits!, fakeLogits)
      return add(mean(terms.fake(real)), mean(terms.real(fake))) as Scalar
    },
  }
}
