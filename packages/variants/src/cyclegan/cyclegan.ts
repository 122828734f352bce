import type { BoundField } from '@gantry/core'
import { z } from 'zod'
import { fieldOf } from '../bind-fields.ts'
import { batchFeed } from '../feeds.ts'
import { checkOptions } from '../game/check-options.ts'
import { opponents } from '../game/opponents.ts'
import { learnersOf, prefixed } from '../game/players.ts'
import { withUpdatePhases } from '../game/update-phases.ts'
import { averageNetwork } from '../moving-average.ts'
import { partOf } from '../parts.ts'
import { images } from '../slots.ts'
import { checkSizes } from '../translation/check-sizes.ts'
import { imagePool } from '../translation/image-pool.ts'
import { patchDiscriminator } from '../translation/patch-discriminator.ts'
import { RESIDUAL_MULTIPLE, residualTranslator } from '../translation/residual-translator.ts'
import { patchJudgement, translationFunctions } from '../translation/translation-functions.ts'
import { translationOptions } from '../translation/translation-options.ts'
import { unet, unetMultiple } from '../translation/unet.ts'
import { type BuildRequest, defineVariant } from '../variant-definition.ts'
import { type CycleTable, cycleProgram, type Direction } from './cyclegan-program.ts'

const { loss, emaDecay } = translationOptions.shape

const schema = translationOptions
  // All four networks move at once, and once a step.
  .omit({
    update: true,
    criticSteps: true,
    judgeTogether: true,
    penaltyEvery: true,
    dropout: true,
    dropoutInUse: true,
  })
  .extend({
    loss: loss.unwrap().default('least-squares').describe('what the players minimise, as functions of the logits'),
    // The paper keeps no averages of the generators' weights.
    emaDecay: emaDecay.unwrap().default(0).describe('decay of the moving averages of the generators'),
    generator: z.enum(['resnet', 'unet']).default('resnet').describe('family of both generators'),
    residualBlocks: z
      .number()
      .int()
      .min(1)
      .max(32)
      .optional()
      .describe('resnet: blocks in the middle; absent: 6 below 256 pixels, 9 from there on'),
    cycleWeight: z
      .number()
      .min(0)
      .max(1e4)
      .default(5)
      .describe('λ: weight of the distance of images from what comes back, E ‖F(G(x)) - x‖₁'),
    identityWeight: z
      .number()
      .min(0)
      .max(100)
      .default(0.5)
      .describe(
        'weight of E ‖G(y) - y‖₁ beside that, as a share of it: keeps colours; 0 is none, as it must be where the channels of both sides differ',
      ),
    poolSize: z
      .number()
      .int()
      .min(0)
      .max(1000)
      .default(50)
      .describe('earlier images that a discriminator sees in place of new ones, one of two; 0 is none'),
  })

type CycleOptions = z.infer<typeof schema>

/** What the game's machinery asks for and is no option here. */
const rules = {
  update: 'alternating',
  criticSteps: 1,
  judgeTogether: true,
  penaltyEvery: 1,
  dropout: 0,
  dropoutInUse: false,
} as const

/**
 * CycleGAN (Zhu et al. 2017): two generators, there and back, learn from two sets of images that do not belong together. What is
 * translated there and back again must be what it was (equation 2), and each side has a discriminator of patches with a pool of
 * earlier images.
 */
export const cyclegan = defineVariant({
  name: 'cyclegan',
  title: 'CycleGAN',
  description: 'images of one kind as those of another, without pairs',
  paper: {
    authors: 'Zhu et al.',
    title: 'Unpaired Image-to-Image Translation using Cycle-Consistent Adversarial Networks',
    year: 2017,
    url: 'https://arxiv.org/abs/1703.10593',
  },
  needs: { source: images, target: images },
  schema,
  presets: [
    {
      name: 'good',
      description: 'one drawing style as another, 64 pixels, in twenty minutes on two cores',
      data: 'training:unpaired:openmoji,emoji:google',
      run: {
        ...{ steps: 3000, batchSize: 1, validation: 'held-out:unpaired:openmoji,emoji:google' },
        ...{ bind: { source: 'a-colour', target: 'b' }, dataOptions: { size: 64, loadSize: 68, flip: true } },
      },
      options: {
        ...{ generatorWidth: 16, discriminatorWidth: 32, receptiveField: 16 },
        ...{ learningRate: 5e-4, emaDecay: 0.998 },
        // Rates fall in the second half, as in the paper.
        ...{ learningRateSchedule: 'linear', learningRateHoldSteps: 1500, learningRateDecaySteps: 1500 },
      },
    },
  ],
  build: (request) => {
    const source = fieldOf(cyclegan, request.fields, 'source')
    const target = fieldOf(cyclegan, request.fields, 'target')
    checkSizes({ source, target })
    const there = direction(request, '', source, target)
    const back = direction(request, 'Back', target, source)
    const identityWeight = source.shape[2] === target.shape[2] ? request.options.identityWeight : 0
    const table: CycleTable = { there, back, options: { ...request.options, identityWeight } }
    const feeds = { source: batchFeed(source, request.batchSize), target: batchFeed(target, request.batchSize) }
    const players = [there, back].flatMap(({ generator, discriminator }) => [generator, discriminator])
    const updates = [there, back].flatMap((own) => Object.values(own.updates))
    return {
      name: 'cyclegan',
      phases: withUpdatePhases(
        [{ phase: { name: 'step', every: 1, feeds, program: cycleProgram(table) }, updates }],
        request.options.gradientAccumulation,
      ),
      functions: [
        ...translationFunctions(there.translators, { source, target }),
        ...translationFunctions(back.translators, { source: target, target: source }, 'translate-back'),
        patchJudgement(there.discriminator.network, { samples: target }, ({ samples }) => samples!),
      ],
      shown: ['translate', 'translate-back'],
      variables: { ...there.variables, ...back.variables },
      parts: {
        generator: partOf(there.generator, there.averageName),
        discriminator: partOf(there.discriminator),
        generatorBack: partOf(back.generator, back.averageName),
        discriminatorBack: partOf(back.discriminator),
      },
      learners: learnersOf(players),
      dispose: () => {
        there.dispose()
        back.dispose()
      },
    }
  },
})

/** The players of one direction, with everything that is theirs. */
function direction(
  { options: given, batchSize, seed, split }: Omit<BuildRequest<CycleOptions>, 'fields'>,
  suffix: Direction['suffix'],
  source: BoundField,
  target: BoundField,
) {
  const options = { ...given, ...rules }
  checkOptions('cyclegan', options, { batchSize, samples: target })
  const networks = { options, source: source.shape, target: target.shape, seed: suffix === '' ? seed : seed + 1 }
  const make = () => (options.generator === 'unet' ? unet(networks) : residualTranslator(networks))
  const own = opponents({
    generator: make(),
    generatorEma: averageNetwork(options.emaDecay, make),
    discriminator: patchDiscriminator({ options, samples: target.shape, seed: networks.seed }),
    ...{ options, split, discriminatorSeesLabels: false, suffix },
  })
  const multiple = options.generator === 'unet' ? unetMultiple(source.shape) : RESIDUAL_MULTIPLE
  const pool = imagePool(options.poolSize, target.shape, `pool${suffix}`)
  return {
    ...own,
    ...{ suffix, pool },
    translators: { average: own.generatorEma, trained: own.generator.network, multiple },
    variables: { ...own.variables, ...prefixed(`pool${suffix}`, pool.slots) },
    dispose: () => {
      own.dispose()
      pool.dispose()
    },
  }
}
