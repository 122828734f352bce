import type { TensorProgram } from '@gantry/core'
import { add, mul, type Scalar, type Tensor } from '@tensorflow/tfjs-core'
import { encode, gaussianError, priorDivergence, sampleLatent } from '../autoencoder/posterior.ts'
import type { PlayerUpdate } from '../game/player-update.ts'
import type { Player } from '../game/players.ts'
import { withGradients } from '../game/value-and-gradients.ts'
import { generate } from '../generate.ts'
import { judge } from '../judge.ts'
import { adversarialLoss } from '../losses/adversarial-loss.ts'
import { nonSaturatingLoss } from '../losses/cross-entropy.ts'

type Program = TensorProgram<Tensor>

/** What the programs of a VAE-GAN are made of. */
export interface VaeGanTable {
  readonly encoder: Player
  /** The decoder. */
  readonly generator: Player
  readonly discriminator: Player
  readonly updates: Readonly<Record<'encoder' | 'generator' | 'discriminator', PlayerUpdate>>
  readonly options: { readonly priorWeight: number; readonly similarityWeight: number }
}

const game = adversarialLoss(nonSaturatingLoss())
const training = { training: true }

/** What all programs do with the networks. */
function stepsOf({ encoder, generator, discriminator }: VaeGanTable) {
  const decode = (latent: Tensor) => generate(generator.network, latent, undefined, training)
  const judged = (samples: Tensor) => judge(discriminator.network, samples, undefined, training)
  return {
    decode,
    judged,
    reconstruct: (samples: Tensor, noise: Tensor) => {
      const posterior = encode(encoder.network, samples, true)
      return { posterior, made: decode(sampleLatent(posterior, noise)) }
    },
    /** -E log N(D_l(x); D_l(x̂), 1) (equation 7). */
    likeness: (samples: Tensor, made: Tensor) => gaussianError(judged(samples).features, judged(made).features, 1),
  }
}

/** The discriminator learns to tell samples from reconstructions, and from what the decoder makes of the prior. */
export function discriminatorProgram(table: VaeGanTable): Program {
  const { decode, judged, reconstruct } = stepsOf(table)
  return ({ samples, latent, prior }) => {
    const [made, imagined] = [reconstruct(samples!, latent!).made, decode(prior!)]
    const own = withGradients(table.discriminator.network.trainable, () => {
      const real = judged(samples!).logits
      const loss = add(game.discriminator(real, judged(imagined).logits), game.discriminator(real, judged(made).logits))
      return { loss: mul(loss, 0.5) as Scalar, reports: {} }
    })
    table.updates.discriminator.learn(own.gradients)
    return { discriminatorLoss: own.loss }
  }
}

/** The encoder learns to describe samples, and the decoder to make them so that the discriminator believes them. */
export function autoencoderProgram(table: VaeGanTable): Program {
  const { encoder, generator, updates, options } = table
  const { decode, judged, reconstruct, likeness } = stepsOf(table)
  return ({ samples, latent, prior }) => {
    const forEncoder = withGradients(encoder.network.trainable, () => {
      const { posterior, made } = reconstruct(samples!, latent!)
      const divergence = priorDivergence(posterior)
      const reconstruction = likeness(samples!, made)
      return {
        loss: add(mul(divergence, options.priorWeight), reconstruction) as Scalar,
        reports: { divergence, reconstruction },
      }
    })
    const forDecoder = withGradients(generator.network.trainable, () => {
      const { made } = reconstruct(samples!, latent!)
      const [imagined, rebuilt] = [judged(decode(prior!)), judged(made)]
      const fooling = mul(add(game.generator(imagined.logits), game.generator(rebuilt.logits)), 0.5)
      const similarity = mul(likeness(samples!, made), options.similarityWeight)
      return { loss: add(similarity, fooling) as Scalar, reports: {} }
    })
    updates.encoder.learn(forEncoder.gradients)
    updates.generator.learn(forDecoder.gradients)
    return { encoderLoss: forEncoder.loss, generatorLoss: forDecoder.loss, ...forEncoder.reports }
  }
}
