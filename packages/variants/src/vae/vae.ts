import type { TensorProgram } from '@gantry/core'
import { add, mul, type Scalar, type Tensor } from '@tensorflow/tfjs-core'
import { autoencoder } from '../autoencoder/autoencoder-model.ts'
import { autoencoderOptions } from '../autoencoder/autoencoder-options.ts'
import { encode, gaussianError, priorDivergence, sampleLatent } from '../autoencoder/posterior.ts'
import { fieldOf } from '../bind-fields.ts'
import { playerUpdate } from '../game/player-update.ts'
import { withUpdatePhases } from '../game/update-phases.ts'
import { withGradients } from '../game/value-and-gradients.ts'
import { generate } from '../generate.ts'
import { falling, goodPresets, small, small64 } from '../good-presets.ts'
import { imagesOrPoints } from '../slots.ts'
import { defineVariant } from '../variant-definition.ts'

/**
 * Variational autoencoder (Kingma and Welling 2014, equation 7): an encoder and a decoder that maximise the evidence lower
 * bound. No game: for comparison, and to start a GAN's generator from a trained decoder.
 */
export const vae = defineVariant({
  name: 'vae',
  title: 'VAE',
  description: 'an encoder and a decoder, no game; starts generators',
  paper: {
    authors: 'Kingma, Welling',
    title: 'Auto-Encoding Variational Bayes',
    year: 2014,
    url: 'https://arxiv.org/abs/1312.6114',
  },
  needs: { samples: imagesOrPoints },
  schema: autoencoderOptions.extend({
    // Adam's own first decay: without an opponent there is nothing to react to quickly.
    beta1: autoencoderOptions.shape.beta1.unwrap().default(0.9).describe('decay of the first moment (adam)'),
    learningRate: autoencoderOptions.shape.learningRate.unwrap().default(1e-3).describe('step size of the optimizer'),
  }),
  presets: goodPresets(
    {
      mnist: { steps: 8000, options: { ...small, ...falling(8000), latentSize: 16 } },
      'fashion-mnist': { steps: 8000, options: { ...small, ...falling(8000), latentSize: 16 } },
      emoji: { steps: 2500, options: { ...small64, ...falling(2500), latentSize: 64 } },
    },
    { mnist: 7.2, 'fashion-mnist': 4.9, emoji: 7.6 },
  ),
  build: (request) => {
    const { options } = request
    const field = fieldOf(vae, request.fields, 'samples')
    const { encoder, generator, average, feeds, model } = autoencoder(field, request)
    const updates = [playerUpdate(encoder), playerUpdate(generator, average.update)]
    const weights = { ...encoder.network.trainable }
    for (const [name, weight] of Object.entries(generator.network.trainable)) weights[`decoder/${name}`] = weight
    const step: TensorProgram<Tensor> = ({ samples, latent: noise }) => {
      const own = withGradients(weights, () => {
        const posterior = encode(encoder.network, samples!, true)
        const latent = sampleLatent(posterior, noise!)
        const made = generate(generator.network, latent, undefined, { training: true })
        const reconstruction = gaussianError(samples!, made, options.reconstructionVariance)
        const divergence = priorDivergence(posterior)
        return {
          loss: add(reconstruction, mul(divergence, options.priorWeight)) as Scalar,
          reports: { reconstruction, divergence },
        }
      })
      for (const update of updates) update.learn(own.gradients)
      return { loss: own.loss, ...own.reports }
    }
    const phases = [{ phase: { name: 'step', every: 1, feeds, program: step }, updates }]
    return model('vae', withUpdatePhases(phases, options.gradientAccumulation))
  },
})
