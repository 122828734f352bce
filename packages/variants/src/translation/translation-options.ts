import { z } from 'zod'
import { architectureOptions } from '../architectures/architecture-options.ts'
import { gameRules } from '../game/game-options.ts'

const { generatorWidth, discriminatorWidth, discriminatorNormalization, initializer, layerNoise } =
  architectureOptions.shape

/** Options of a game between a network that makes images out of images, and one that judges them patch by patch. */
// The discriminator sees one image at a time.
export const translationOptions = gameRules.omit({ packing: true }).extend({
  generatorWidth: generatorWidth.unwrap().default(64).describe("channels after the generator's first layer"),
  discriminatorWidth: discriminatorWidth
    .unwrap()
    .default(64)
    .describe("channels after the discriminator's first layer"),
  receptiveField: z
    .literal([1, 16, 70, 286])
    .default(70)
    .describe('side of the patches that the discriminator judges, in pixels (PatchGAN)'),
  generatorNormalization: z
    .enum(['none', 'batch', 'instance'])
    .default('instance')
    .describe("normalization of the generator's inner layers"),
  discriminatorNormalization: discriminatorNormalization
    .unwrap()
    .default('instance')
    .describe("normalization of the discriminator's inner layers; spectral is of the weights (Miyato et al. 2018)"),
  dropout: z
    .number()
    .min(0)
    .lt(1)
    .default(0.5)
    .describe("share of the activations of the generator's innermost layers that is set to 0"),
  dropoutInUse: z
    .boolean()
    .default(true)
    .describe('draw the dropout out of training, too: it is the noise of the generator'),
  initializer,
  layerNoise,
})

export type TranslationOptions = z.infer<typeof translationOptions>
