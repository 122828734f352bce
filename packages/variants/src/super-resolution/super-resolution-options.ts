import { z } from 'zod'
import { architectureOptions } from '../architectures/architecture-options.ts'
import { gameRules } from '../game/game-options.ts'

const { generatorWidth, discriminatorWidth, discriminatorNormalization, initializer, layerNoise } =
  architectureOptions.shape
const { learningRate, beta1, emaDecay } = gameRules.shape

const weight = z.number().min(0).max(1e6)

/** Options of a game in which a network makes images larger. */
export const superResolutionOptions = gameRules
  // The discriminator sees one image at a time.
  .omit({ packing: true })
  .extend({
    learningRate: learningRate.unwrap().default(1e-4).describe('step size of both optimizers'),
    beta1: beta1.unwrap().default(0.9).describe('decay of the first moment (adam)'),
    // The papers keep no average of the generator's weights.
    emaDecay: emaDecay.unwrap().default(0).describe('decay of the moving average of the generator'),
    factor: z.literal([2, 4]).default(4).describe('how many times as large images become, a side'),
    skip: z
      .enum(['none', 'bicubic'])
      .default('none')
      .describe(
        'what the output of the generator is added to: nothing, or the image enlarged by bicubic interpolation, so that it learns the difference, which is much faster (Kim et al. 2016)',
      ),
    generatorWidth: generatorWidth.unwrap().default(64).describe("channels of the generator's maps"),
    discriminatorWidth: discriminatorWidth
      .unwrap()
      .default(64)
      .describe("channels after the discriminator's first layer; they double three times"),
    denseUnits: z
      .number()
      .int()
      .min(1)
      .max(8192)
      .default(1024)
      .describe("units of the discriminator's last hidden layer"),
    discriminatorNormalization,
    initializer,
    layerNoise,
    pretrainSteps: z
      .number()
      .int()
      .min(0)
      .max(1e9)
      .default(1_000_000)
      .describe('steps of the first stage, in which the generator alone learns to match pixels; the rest is the game'),
    pretrainLearningRate: z.number().positive().max(10).default(1e-4).describe('step size of the first stage'),
    perceptual: z
      .enum(['random-conv', 'vgg19', 'none'])
      .default('random-conv')
      .describe(
        'frozen network whose features the content loss compares: random-conv, convolutions with random weights of a fixed seed, which see texture and no objects; vgg19, that of the paper, for those who bring its weights (gantry weights add vgg19 FILE); none compares pixels',
      ),
    contentWeight: weight.default(1).describe('weight of the distance of features from those of the true image'),
    adversarialWeight: weight.default(1e-3).describe("weight of the generator's adversarial loss"),
    pixelWeight: weight.default(0).describe('weight of the distance of pixels beside that of features'),
  })

export type SuperResolutionOptions = z.infer<typeof superResolutionOptions>
