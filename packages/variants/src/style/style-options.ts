import { z } from 'zod'
import { channelBase } from '../architectures/doubling-maps.ts'
import { gameRules } from '../game/game-options.ts'

const width = z.number().int().min(1).max(8192)
const weight = z.number().min(0).max(1e6)
const steps = z.number().int().min(1).max(1000)

// An average by images takes the place of one by updates; what a discriminator sees at a time is one sample.
const { emaDecay: _, emaRampUp: __, packing: ___, ...rules } = gameRules.shape

/** Options of a game whose generator is made of a mapping and a synthesis by styles. */
export const styleOptions = z.strictObject({
  ...rules,
  learningRate: rules.learningRate.unwrap().default(0.002).describe('step size of both optimizers'),
  beta1: rules.beta1.unwrap().default(0).describe('decay of the first moment (adam)'),
  beta2: rules.beta2.unwrap().default(0.99).describe('decay of the second moment (adam), of the squares (rmsprop)'),
  r1: rules.r1.unwrap().default(10).describe('γ of ½γ‖∇D‖² at real samples (Mescheder et al. 2018)'),
  adaptiveAugmentEvery: rules.adaptiveAugmentEvery
    .unwrap()
    .default(4)
    .describe('batches whose signs are averaged before the share of augmented samples moves'),
  latentSize: width.default(512).describe('length of the noise vector z'),
  styleSize: width.default(512).describe('length of w, which styles are made of'),
  mappingLayers: z.number().int().min(1).max(32).default(8).describe('layers from z to w'),
  mappingLearningRateMultiplier: z
    .number()
    .positive()
    .max(1)
    .default(0.01)
    .describe('times as fast as all others, layers of the mapping learn'),
  styleAverageDecay: z
    .number()
    .min(0)
    .lt(1)
    .default(0.995)
    .describe('decay of the average of w over batches, which truncation draws to'),
  generatorWidth: width.default(512).describe("channels of the generator's small maps"),
  discriminatorWidth: width.default(512).describe("channels of the discriminator's small maps"),
  channelBase: channelBase.default(32_768).describe(channelBase.description!),
  minibatchStandardDeviation: z
    .number()
    .int()
    .min(0)
    .max(1024)
    .default(4)
    .describe('samples a group whose spread the discriminator sees as one more channel; 0 for none'),
  conditioning: z
    .enum(['none', 'projection'])
    .default('none')
    .describe(
      'labels: none ignores them; projection embeds them beside z, and multiplies features of the discriminator by what they are mapped to (Miyato & Koyama 2018)',
    ),
  styleMixing: z
    .number()
    .min(0)
    .max(1)
    .default(0.9)
    .describe('share of samples whose styles are, from some layer on, those of another z (Karras et al. 2019)'),
  emaHalfLife: z
    .number()
    .min(0)
    .max(1e9)
    .default(10_000)
    .describe('images after which half of the moving average of the generator is new; 0 for no average'),
  emaRampUpShare: z
    .number()
    .min(0)
    .max(1)
    .default(0)
    .describe('longest half-life of that average as a share of all images so far; 0 for no such limit'),
})

/** Of the second version: what it brought. */
export const styleGan2Options = styleOptions.extend({
  penaltyEvery: styleOptions.shape.penaltyEvery
    .unwrap()
    .default(16)
    .describe('steps from one gradient penalty to the next, with as much more weight'),
  generatorArchitecture: z
    .enum(['skip', 'residual', 'original'])
    .default('skip')
    .describe('what joins the maps of the generator: the sum of their colours, sums of the maps, or nothing'),
  discriminatorArchitecture: z
    .enum(['skip', 'residual', 'original'])
    .default('residual')
    .describe('what joins those of the discriminator: colours at every size, sums of the maps, or nothing'),
  activationClamp: weight
    .default(0)
    .describe('largest absolute value of colours, and of maps behind an activation; 0 for no limit'),
  pathLength: weight
    .default(2)
    .describe("weight of the deviation of path lengths from their mean, at an image's noise of unit length"),
  pathLengthEvery: steps
    .default(4)
    .describe('steps from one penalty of path lengths to the next, with as much more weight'),
  pathLengthShrink: z
    .number()
    .int()
    .min(1)
    .max(1024)
    .default(2)
    .describe('part of a batch that path lengths are taken of'),
  pathLengthDecay: z
    .number()
    .gt(0)
    .max(1)
    .default(0.01)
    .describe('share of the mean of path lengths that each batch brings'),
})

export type StyleOptions = z.infer<typeof styleOptions>
export type StyleGan2Options = z.infer<typeof styleGan2Options>
