import { mul, type Scalar } from '@tensorflow/tfjs-core'
import { discriminatorFunctions } from '../discriminator-functions.ts'
import { batchFeed } from '../feeds.ts'
import { checkOptions } from '../game/check-options.ts'
import type { GameExtension } from '../game/extension.ts'
import { gamePhases } from '../game/game-phases.ts'
import { opponents } from '../game/opponents.ts'
import { learnersOf } from '../game/players.ts'
import type { SampleSource } from '../game/samples.ts'
import type { GanModel } from '../gan-model.ts'
import { averageNetwork } from '../moving-average.ts'
import type { Network } from '../network.ts'
import { partOf } from '../parts.ts'
import { reduceImages } from './bicubic.ts'
import { enlargingFunctions } from './enlarging-functions.ts'
import { type PerceptualNetwork, perceptualNetwork } from './perceptual-network.ts'
import type { SuperResolutionOptions } from './super-resolution-options.ts'
import type { SuperResolutionParts } from './super-resolution-parts.ts'
import { vggDiscriminator } from './vgg-discriminator.ts'

/** The game: a discriminator tells what the generator makes from the images of the data, and features stay close. */
export function gameModel(parts: SuperResolutionParts): GanModel {
  const { name, options, image, network, request, distance, activated } = parts
  const { batchSize, seed, split } = request
  checkOptions(name, options, { batchSize, samples: image })
  const { weights } = request
  const perceptual = perceptualNetwork({ network: options.perceptual, shape: image.shape, activated, weights })
  const own = opponents({
    generator: network(),
    generatorEma: averageNetwork(options.emaDecay, network),
    discriminator: vggDiscriminator({ options, samples: image.shape, seed }),
    options,
    discriminatorSeesLabels: false,
    extension: closeTo(perceptual, distance, options),
    adversarialWeight: options.adversarialWeight,
    split,
  })
  const { generator, discriminator, generatorEma } = own
  const feeds = { image: batchFeed(image, batchSize) }
  const table = { ...own, source: enlargingSource(generator.network, options.factor) }
  return {
    name,
    phases: gamePhases(table, options, { all: feeds, generator: feeds }),
    functions: [
      ...enlargingFunctions(generatorEma, generator.network, image, options.factor),
      ...discriminatorFunctions(discriminator.network, { samples: image }),
    ],
    shown: ['enlarge'],
    variables: { ...own.variables, ...perceptual.variables },
    parts: { generator: partOf(generator, own.averageName), discriminator: partOf(discriminator) },
    learners: learnersOf([generator, discriminator]),
    ...(Object.keys(perceptual.frozen).length > 0 && { frozen: perceptual.frozen }),
    dispose: () => {
      own.dispose()
      perceptual.dispose()
    },
  }
}

/** Images of the data, and what becomes of them when they are reduced and made large again. */
function enlargingSource(generator: Network, factor: number): SampleSource {
  const alone = { labels: undefined, latent: undefined }
  return {
    real: ({ image }) => ({ samples: image!, ...alone }),
    fake: ({ image }) => {
      const output = generator.apply({ low: reduceImages(image!, factor) }, { training: true }).high!
      return { samples: output, ...alone, made: { output, target: image! } }
    },
    latent: () => undefined,
    drawLabels: () => undefined,
  }
}

/** The distance of features from those of the true image, and of pixels. */
function closeTo(
  { features }: PerceptualNetwork,
  distance: SuperResolutionParts['distance'],
  { contentWeight, pixelWeight }: SuperResolutionOptions,
): GameExtension {
  const weighted = (value: Scalar, weight: number) => mul(value, weight) as Scalar
  return {
    heads: {},
    discriminator: () => ({}),
    generator: ({ made }) => {
      const { output, target } = made!
      return {
        contentLoss: weighted(distance(features(output), features(target)), contentWeight),
        ...(pixelWeight > 0 && { pixelLoss: weighted(distance(output, target), pixelWeight) }),
      }
    },
  }
}
