import type { TensorProgram } from '@gantry/core'
import type { Tensor } from '@tensorflow/tfjs-core'
import { batchFeed } from '../feeds.ts'
import { checkUpdates } from '../game/check-options.ts'
import { playerAverage } from '../game/player-average.ts'
import { playerUpdate } from '../game/player-update.ts'
import { learnersOf, player } from '../game/players.ts'
import { withUpdatePhases } from '../game/update-phases.ts'
import { withGradients } from '../game/value-and-gradients.ts'
import type { GanModel } from '../gan-model.ts'
import { averageNetwork } from '../moving-average.ts'
import { partOf } from '../parts.ts'
import { reduceImages } from './bicubic.ts'
import { enlargingFunctions } from './enlarging-functions.ts'
import type { SuperResolutionParts } from './super-resolution-parts.ts'

/**
 * The first stage: a generator that brings its images close to the true ones, pixel by pixel. A game that begins with it does not fall
 * into bad minima (Ledig et al. 2017, section 3.2). Its state has the names that it has in the game.
 */
export function pretrainingModel({ name, options, image, network, request, distance }: SuperResolutionParts): GanModel {
  const { batchSize, split } = request
  checkUpdates(name, options)
  const generator = player('generator', network(), { options, learningRate: options.pretrainLearningRate, split })
  const { emaDecay, emaRampUp } = options
  const average = playerAverage(generator, averageNetwork(emaDecay, network), emaDecay, emaRampUp)
  const update = playerUpdate(generator, () => {
    generator.history?.update()
    average.update?.()
  })
  const program: TensorProgram<Tensor> = ({ image: high }) => {
    const own = withGradients(generator.network.trainable, () => {
      const low = reduceImages(high!, options.factor)
      return { loss: distance(high!, generator.network.apply({ low }, { training: true }).high!), reports: {} }
    })
    update.learn(own.gradients)
    return { pixelLoss: own.loss }
  }
  const phase = { name: 'pretrain', every: 1, feeds: { image: batchFeed(image, batchSize) }, program }
  return {
    name,
    phases: withUpdatePhases([{ phase, updates: [update] }], options.gradientAccumulation),
    functions: enlargingFunctions(average.network, generator.network, image, options.factor),
    shown: ['enlarge'],
    variables: { ...generator.variables, ...average.variables },
    parts: { generator: partOf(generator, average.name) },
    learners: learnersOf([generator]),
    dispose: () => {
      for (const part of [generator, average]) part.dispose()
    },
  }
}
