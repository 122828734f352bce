import { z } from 'zod'
import { architectureOptions } from '../architectures/architecture-options.ts'
import { channelBase } from '../architectures/doubling-maps.ts'
import { gameRules } from '../game/game-options.ts'

const { latentSize, generatorWidth, discriminatorWidth, minibatchStandardDeviation } = architectureOptions.shape
const { loss, learningRate, beta1, beta2, gradientPenalty, drift } = gameRules.shape

const images = z.number().int().max(1e9)

export const proganOptions = gameRules
  // The discriminator compares the samples of a batch by itself.
  .omit({ packing: true })
  .extend({
    loss: loss.unwrap().default('wasserstein').describe(loss.description!),
    gradientPenalty: gradientPenalty.unwrap().default(10).describe(gradientPenalty.description!),
    drift: drift.unwrap().default(1e-3).describe(drift.description!),
    learningRate: learningRate.unwrap().default(1e-3).describe(learningRate.description!),
    beta1: beta1.unwrap().default(0).describe(beta1.description!),
    beta2: beta2.unwrap().default(0.99).describe(beta2.description!),
    latentSize: latentSize.unwrap().default(512).describe(latentSize.description!),
    minibatchStandardDeviation: minibatchStandardDeviation
      .unwrap()
      .default(4)
      .describe(minibatchStandardDeviation.description!),
    channelBase: channelBase.default(16_384).describe(channelBase.description!),
    generatorWidth: generatorWidth.unwrap().default(512).describe("most channels of the generator's maps"),
    discriminatorWidth: discriminatorWidth.unwrap().default(512).describe("most channels of the discriminator's maps"),
    stageSizes: z
      .array(z.number().int().min(1).max(65_536))
      .min(1)
      .optional()
      .describe('sides of the images in each stage, powers of two up to that of the data; default: 4, 8, 16 …'),
    fadeImages: images
      .min(0)
      .default(800_000)
      .describe('real images over which the layers of a new size fade in; 0: they are there at once'),
    stableImages: images
      .min(1)
      .default(800_000)
      .describe('real images that a size is trained on before the next; the last is trained to the end of the run'),
  })

export type ProganOptions = z.infer<typeof proganOptions>
