import { add, mul, type Scalar, type Tensor } from '@tensorflow/tfjs-core'
import { z } from 'zod'
import { autoencoder } from '../autoencoder/autoencoder-model.ts'
import { autoencoderOptions } from '../autoencoder/autoencoder-options.ts'
import { encode, gaussianError, priorDivergence, sampleLatent } from '../autoencoder/posterior.ts'
import { player } from '../game/players.ts'
import { turnOf, updatePhases } from '../game/turn.ts'
import { withGradients } from '../game/value-and-gradients.ts'
import { adversarialLoss } from '../losses/adversarial-loss.ts'
import { nonSaturatingLoss } from '../losses/cross-entropy.ts'
import { defineVariant } from '../variant-definition.ts'

/**
 * VAE-GAN (Larsen et al. 2016, algorithm 1): an autoencoder whose reconstructions are compared by what a discriminator sees
 * in them. The discriminator judges real samples against reconstructions and against samples from the prior.
 */
export const vaeGan = defineVariant({
  name: 'vae-gan',
  title: 'VAE-GAN',
  description: 'an autoencoder that a discriminator compares by features',
  paper: {
    authors: 'Larsen et al.',
    title: 'Autoencoding beyond pixels using a learned similarity metric',
    year: 2016,
    url: 'https://arxiv.org/abs/1512.09300',
  },
  kind: 'any',
  schema: autoencoderOptions.extend({
    // Section 4: RMSProp with learning rate 0.0003.
    optimizer: autoencoderOptions.shape.optimizer.unwrap().default('rmsprop').describe('optimizer of all networks'),
    learningRate: autoencoderOptions.shape.learningRate.unwrap().default(3e-4).describe('step size of all optimizers'),
    similarityWeight: z
      .number()
      .min(0)
      .max(1000)
      .default(1e-2)
      .describe('γ: how much the decoder cares for likeness to the sample rather than for the discriminator'),
  }),
  presets: {},
  build: (request) => {
    const { options } = request
    const { architecture, networks, encoder, generator, average, feeds, model } = autoencoder(request)
    const discriminator = player(architecture.discriminator(networks), options)
    const turns = {
      discriminator: turnOf(discriminator),
      encoder: turnOf(encoder),
      generator: turnOf(generator, average.update),
    }
    const game = adversarialLoss(nonSaturatingLoss())
    const training = { training: true }
    const decode = (latent: Tensor) => generator.network.generate(latent, undefined, training)
    const judge = (samples: Tensor) => discriminator.network.judge(samples, undefined, training)
    const reconstruct = (samples: Tensor, noise: Tensor) => {
      const posterior = encode(encoder.network, samples, true)
      return { posterior, made: decode(sampleLatent(posterior, noise)) }
    }
    /** -E log N(D_l(x); D_l(x̂), 1) (equation 7). */
    const likeness = (samples: Tensor, made: Tensor) => gaussianError(judge(samples).features, judge(made).features, 1)

    return model(
      'vae-gan',
      [
        {
          name: 'discriminator',
          every: 1,
          feeds: { ...feeds, prior: feeds.latent },
          program: ({ samples, latent, prior }) => {
            const [made, imagined] = [reconstruct(samples!, latent!).made, decode(prior!)]
            const own = withGradients(discriminator.network.trainable, () => {
              const real = judge(samples!).logits
              const loss = add(
                game.discriminator(real, judge(imagined).logits),
                game.discriminator(real, judge(made).logits),
              )
              return { loss: mul(loss, 0.5) as Scalar, reports: {} }
            })
            turns.discriminator.learn(own.gradients)
            return { discriminatorLoss: own.loss }
          },
        },
        {
          name: 'autoencoder',
          every: 1,
          feeds: { ...feeds, prior: feeds.latent },
          program: ({ samples, latent, prior }) => {
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
              const [imagined, rebuilt] = [judge(decode(prior!)), judge(made)]
              const fooling = mul(add(game.generator(imagined.logits), game.generator(rebuilt.logits)), 0.5)
              const similarity = mul(likeness(samples!, made), options.similarityWeight)
              return { loss: add(similarity, fooling) as Scalar, reports: {} }
            })
            turns.encoder.learn(forEncoder.gradients)
            turns.generator.learn(forDecoder.gradients)
            return { encoderLoss: forEncoder.loss, generatorLoss: forDecoder.loss, ...forEncoder.reports }
          },
        },
        ...updatePhases(options.gradientAccumulation, Object.values(turns)),
      ],
      { discriminator },
    )
  },
})
