import type { BoundField, Phase, TensorProgram } from '@gantry/core'
import { add, scalar, type Tensor, tidy, variable } from '@tensorflow/tfjs-core'
import { discriminatorFunctions } from '../discriminator-functions.ts'
import { batchFeed, latentFeed } from '../feeds.ts'
import { checkOptions } from '../game/check-options.ts'
import { gamePhases } from '../game/game-phases.ts'
import { opponents } from '../game/opponents.ts'
import { learnersOf } from '../game/players.ts'
import { type SampleSource, sampleSource } from '../game/samples.ts'
import type { GanModel } from '../gan-model.ts'
import { generatorFunctions } from '../generator-functions.ts'
import { type Fade, fadeShare } from '../layers/fade-in.ts'
import { averageNetwork } from '../moving-average.ts'
import { partOf } from '../parts.ts'
import type { BuildRequest } from '../variant-definition.ts'
import { growingDiscriminator } from './growing-discriminator.ts'
import { growingGenerator } from './growing-generator.ts'
import { type GrowthFade, imagesAt } from './images-at.ts'
import type { ProganOptions } from './progan-options.ts'
import type { GrowthStage } from './stage-sizes.ts'

/**
 * The game of one stage: both networks as large as its images, to which those of the data are reduced. What was there before has the
 * names that it had.
 *
 * @param samples the field of the images at full size
 */
export function growingModel(
  name: string,
  samples: BoundField,
  { options, batchSize, seed, split }: BuildRequest<ProganOptions>,
  stage: GrowthStage,
): GanModel {
  checkOptions(name, { ...options, discriminatorNormalization: 'none' }, { batchSize, samples })
  const [height, , channels] = samples.shape as readonly [number, number, number]
  const fade = fadingOf(stage)
  const request = { options, channels, size: stage.size, fade, seed }
  const own = opponents({
    generator: growingGenerator(request),
    generatorEma: averageNetwork(options.emaDecay, () => growingGenerator(request)),
    discriminator: growingDiscriminator(request),
    options,
    discriminatorSeesLabels: false,
    split,
  })
  const { generator, discriminator, generatorEma } = own
  const source = reducedSource(sampleSource(generator.network, batchSize, undefined, undefined), stage, fade)
  const latent = latentFeed(options.latentSize, batchSize)
  const feeds = { all: { samples: batchFeed(samples, batchSize), latent }, generator: { latent } }
  const drawn: BoundField = { ...samples, shape: [stage.size, stage.size, channels] }
  const reduced = height / stage.size
  return {
    name,
    phases: [...gamePhases({ ...own, source }, options, feeds), ...(fade ? [fadingPhase(fade)] : [])],
    functions: [
      ...generatorFunctions(generatorEma, generator.network, {
        latentSize: options.latentSize,
        samples: drawn,
        ...{ reduced, clipped: true },
      }),
      ...discriminatorFunctions(discriminator.network, { samples: drawn, reduced }),
    ],
    shown: ['generate'],
    variables: { ...own.variables, ...(fade && { 'fade/steps': fade.steps }) },
    parts: { generator: partOf(generator, own.averageName), discriminator: partOf(discriminator) },
    learners: learnersOf([generator, discriminator]),
    dispose: () => {
      own.dispose()
      fade?.steps.dispose()
    },
  }
}

function fadingOf({ fade }: GrowthStage): GrowthFade | undefined {
  return fade && { from: fade.from, over: fade.steps, steps: tidy(() => variable(scalar(0), false)) }
}

/** Counts the steps that are finished, by which layers fade in. */
function fadingPhase(fade: Fade): Phase<TensorProgram<Tensor>> {
  const program = () => {
    fade.steps.assign(add(fade.steps, 1))
    return { fadedIn: fadeShare(fade) }
  }
  return { name: 'fade', every: 1, feeds: {}, program }
}

/** Real samples as large as those of the stage. */
function reducedSource(source: SampleSource, { size }: GrowthStage, fade: GrowthFade | undefined): SampleSource {
  return {
    ...source,
    real: (feeds) => {
      const real = source.real(feeds)
      return { ...real, samples: imagesAt(real.samples, size, fade) }
    },
  }
}
