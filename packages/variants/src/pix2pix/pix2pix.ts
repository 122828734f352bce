import { abs, mean, mul, type Scalar, sub } from '@tensorflow/tfjs-core'
import { z } from 'zod'
import { fieldOf } from '../bind-fields.ts'
import { batchFeed } from '../feeds.ts'
import { checkOptions } from '../game/check-options.ts'
import type { GameExtension } from '../game/extension.ts'
import { gamePhases } from '../game/game-phases.ts'
import { opponents } from '../game/opponents.ts'
import { learnersOf } from '../game/players.ts'
import type { SampleSource } from '../game/samples.ts'
import { averageNetwork } from '../moving-average.ts'
import type { Network } from '../network.ts'
import { partOf } from '../parts.ts'
import { images } from '../slots.ts'
import { checkSizes } from '../translation/check-sizes.ts'
import { drawingPreset } from '../translation/drawing-preset.ts'
import { patchDiscriminator } from '../translation/patch-discriminator.ts'
import { asPair, patchJudgement, translationFunctions } from '../translation/translation-functions.ts'
import { translationOptions } from '../translation/translation-options.ts'
import { unet, unetMultiple } from '../translation/unet.ts'
import { defineVariant } from '../variant-definition.ts'

const pix2pixOptions = translationOptions.extend({
  // The paper keeps no average of the generator's weights.
  emaDecay: translationOptions.shape.emaDecay
    .unwrap()
    .default(0)
    .describe('decay of the moving average of the generator'),
  pixelWeight: z.number().min(0).max(1e4).default(100).describe('λ: weight of the distance of pixels, E ‖y - G(x)‖₁'),
})

type Pix2PixOptions = z.output<typeof pix2pixOptions>

/**
 * Pix2Pix (Isola et al. 2017): a U-Net makes an image out of another, close to the one that belongs to it, and a discriminator judges
 * both together, patch by patch.
 *
 * Equation 4: G minimises the conditional GAN's loss and λ·E ‖y - G(x, z)‖₁. The noise z is dropout, in use as in training (section
 * 3.2.1). Which field is given and which is made is a matter of binding: `--bind source=… --bind target=…`.
 */
export const pix2pix = defineVariant({
  name: 'pix2pix',
  title: 'Pix2Pix',
  description: 'an image out of another, from pairs',
  paper: {
    authors: 'Isola et al.',
    title: 'Image-to-Image Translation with Conditional Adversarial Networks',
    year: 2017,
    url: 'https://arxiv.org/abs/1611.07004',
  },
  needs: { source: images, target: images },
  schema: pix2pixOptions,
  presets: [
    drawingPreset<Pix2PixOptions>({
      name: 'good',
      description: 'outlines that are coloured in, 64 pixels, in twenty minutes on two cores',
      data: 'training:openmoji',
      steps: 3000,
      options: { dropoutInUse: false },
    }),
    // Faces are many, so that whole ones can be judged, and nothing is learnt by heart.
    drawingPreset<Pix2PixOptions>({
      name: 'edges',
      description: 'outlines that become faces, 64 pixels, in forty minutes on two cores',
      data: 'training:edges:avataaars',
      steps: 6000,
      options: { receptiveField: 70, dropout: 0 },
    }),
    drawingPreset<Pix2PixOptions>({
      name: 'people',
      description: 'outlines that become shaded figures, 64 pixels, in thirty minutes on two cores',
      data: 'training:edges:only:people-body,fluent',
      steps: 6000,
      options: { dropoutInUse: false, pixelWeight: 200 },
    }),
  ],
  build: (request) => {
    const { options, batchSize, seed, split } = request
    const source = fieldOf(pix2pix, request.fields, 'source')
    const target = fieldOf(pix2pix, request.fields, 'target')
    const ends = { source, target }
    checkSizes(ends)
    checkOptions('pix2pix', options, { batchSize, samples: target })
    const make = () => unet({ options, source: source.shape, target: target.shape, seed })
    const [height, width] = target.shape as [number, number]
    const pairs = [height, width, source.shape[2]! + target.shape[2]!]
    const own = opponents({
      generator: make(),
      generatorEma: averageNetwork(options.emaDecay, make),
      discriminator: patchDiscriminator({ options, samples: pairs, seed }),
      ...{ options, split, discriminatorSeesLabels: false, extension: closeTo(options.pixelWeight) },
    })
    const { generator, discriminator, generatorEma } = own
    const feeds = { source: batchFeed(source, batchSize), target: batchFeed(target, batchSize) }
    const table = { ...own, source: pairSource(generator.network) }
    return {
      name: 'pix2pix',
      phases: gamePhases(table, options, { all: feeds, generator: feeds }),
      functions: [
        ...translationFunctions(
          { average: generatorEma, trained: generator.network, multiple: unetMultiple(source.shape) },
          ends,
        ),
        patchJudgement(discriminator.network, ends, (given) => asPair(given.source!, given.target!)),
      ],
      shown: ['translate'],
      variables: own.variables,
      parts: { generator: partOf(generator, own.averageName), discriminator: partOf(discriminator) },
      learners: learnersOf([generator, discriminator]),
      dispose: own.dispose,
    }
  },
})

/** Pairs of the data, and pairs whose target is made. */
function pairSource(generator: Network): SampleSource {
  const alone = { labels: undefined, latent: undefined }
  return {
    real: ({ source, target }) => ({ samples: asPair(source!, target!), ...alone }),
    fake: ({ source, target }) => {
      const output = generator.apply({ source: source! }, { training: true }).target!
      return { samples: asPair(source!, output), ...alone, made: { output, target: target! } }
    },
    latent: () => undefined,
    drawLabels: () => undefined,
  }
}

/** λ·E ‖y - G(x)‖₁, as a mean over all numbers of the images. */
function closeTo(weight: number): GameExtension {
  return {
    heads: {},
    discriminator: () => ({}),
    generator: ({ made }) => ({ pixelLoss: mul(mean(abs(sub(made!.target, made!.output))), weight) as Scalar }),
  }
}
