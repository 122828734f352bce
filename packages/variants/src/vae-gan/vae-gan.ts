import { z } from 'zod'
import { autoencoder } from '../autoencoder/autoencoder-model.ts'
import { autoencoderOptions } from '../autoencoder/autoencoder-options.ts'
import { fieldOf } from '../bind-fields.ts'
import { discriminatorFunctions } from '../discriminator-functions.ts'
import { playerUpdate } from '../game/player-update.ts'
import { player } from '../game/players.ts'
import { withUpdatePhases } from '../game/update-phases.ts'
import { falling, goodPresets, small, small64 } from '../good-presets.ts'
import { imagesOrPoints } from '../slots.ts'
import { defineVariant } from '../variant-definition.ts'
import { autoencoderProgram, discriminatorProgram } from './vae-gan-programs.ts'

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
  needs: { samples: imagesOrPoints },
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
  presets: goodPresets(
    {
      mnist: { steps: 8000, options: { ...small, ...falling(8000), latentSize: 32 } },
      'fashion-mnist': { steps: 8000, options: { ...small, ...falling(8000), latentSize: 32 } },
      emoji: { steps: 2500, options: { ...small64, ...falling(2500), latentSize: 64 } },
    },
    { mnist: 2.6, 'fashion-mnist': 3.2, emoji: 1.6 },
  ),
  build: (request) => {
    const { options, split } = request
    const samples = fieldOf(vaeGan, request.fields, 'samples')
    const { architecture, networks, encoder, generator, average, feeds, model } = autoencoder(samples, request)
    const discriminator = player('discriminator', architecture.discriminator(networks), { options, split })
    const updates = {
      discriminator: playerUpdate(discriminator),
      encoder: playerUpdate(encoder),
      generator: playerUpdate(generator, average.update),
    }
    const table = { encoder, generator, discriminator, updates, options }
    const shared = { every: 1, feeds: { ...feeds, prior: feeds.latent } }
    const phases = [
      {
        phase: { name: 'discriminator', ...shared, program: discriminatorProgram(table) },
        updates: [updates.discriminator],
      },
      {
        phase: { name: 'autoencoder', ...shared, program: autoencoderProgram(table) },
        updates: [updates.encoder, updates.generator],
      },
    ]
    const judging = discriminatorFunctions(discriminator.network, { samples })
    return model('vae-gan', withUpdatePhases(phases, options.gradientAccumulation), [discriminator], judging)
  },
})
