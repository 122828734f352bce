import { losses, type Scalar } from '@tensorflow/tfjs-core'
import { z } from 'zod'
import { adversarialVariant } from '../adversarial-variant.ts'
import { findArchitecture } from '../architectures/find-architecture.ts'
import { fieldOf } from '../bind-fields.ts'
import { batchFeed, latentFeed } from '../feeds.ts'
import { type GameOptions, gameOptions } from '../game/game-options.ts'
import { playerUpdate } from '../game/player-update.ts'
import { player, prefixed } from '../game/players.ts'
import { withUpdatePhases } from '../game/update-phases.ts'
import { withGradients } from '../game/value-and-gradients.ts'
import type { GanModel } from '../gan-model.ts'
import { generate } from '../generate.ts'
import { generatorFunctions } from '../generator-functions.ts'
import { movingAverage } from '../moving-average.ts'
import { partOf } from '../parts.ts'
import { imagesOrPoints } from '../slots.ts'
import { type BuildRequest, defineVariant } from '../variant-definition.ts'

const head = {
  name: 'two-stages',
  title: 'Two stages',
  description: 'a generator that pretrains on pixels before it plays',
  paper: { authors: 'nobody', title: 'Two stages', year: 2026, url: 'https://example.org' },
  needs: { samples: imagesOrPoints },
}

const game = adversarialVariant(head)

/**
 * A variant of two stages, for tests of whoever runs them: for `pretrainSteps` the generator alone brings its samples close to those
 * of the data, pixel by pixel; then it plays. Its weights have the same names in both; the moments of its optimizer start anew.
 */
export const twoStages = defineVariant({
  ...head,
  schema: gameOptions.extend({
    pretrainSteps: z.number().int().min(1).default(2).describe('steps of the generator alone'),
  }),
  presets: [],
  build: (request) => game.build(request),
  stages: (request) => [
    { name: 'pretrain', steps: request.options.pretrainSteps, build: () => pretraining(request) },
    { name: 'game', build: () => game.build(request), startsAnew: (state) => state.startsWith('generator/adam/') },
  ],
})

function pretraining({ options, fields, batchSize, seed, split }: BuildRequest<GameOptions>): GanModel {
  const { latentSize, emaDecay, emaRampUp, gradientAccumulation } = options
  const samples = fieldOf(head, fields, 'samples')
  const make = () => findArchitecture(options.architecture, samples).generator({ options, latentSize, samples, seed })
  const [generator, ema] = [player('generator', make(), { options, split }), make()]
  const average = movingAverage(generator.network, ema, emaDecay, emaRampUp)
  const update = playerUpdate(generator, average.update)
  const pretrain = {
    name: 'pretrain',
    every: 1,
    feeds: { samples: batchFeed(samples, batchSize), latent: latentFeed(latentSize, batchSize) },
    program: ({ samples: real, latent }: Parameters<GanModel['phases'][number]['program']>[0]) => {
      const own = withGradients(generator.network.trainable, () => {
        const made = generate(generator.network, latent!, undefined, { training: true })
        return { loss: losses.meanSquaredError(real!, made) as Scalar, reports: {} }
      })
      update.learn(own.gradients)
      return { pixelLoss: own.loss }
    },
  }
  return {
    name: head.name,
    phases: withUpdatePhases([{ phase: pretrain, updates: [update] }], gradientAccumulation),
    functions: generatorFunctions(ema, generator.network, { latentSize, samples }),
    shown: ['generate'],
    variables: { ...generator.variables, ...prefixed('generatorEma', { ...ema.weights, updates: average.updates }) },
    parts: { generator: partOf(generator, 'generatorEma') },
    dispose: () => {
      for (const part of [generator, ema, average.updates]) part.dispose()
    },
  }
}
