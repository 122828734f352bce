import { adversarialGame, type GameParts, gameOptions, ownDiscriminator, ownGenerator } from '@gantry/variants'
import { layers, sequential } from '@tensorflow/tfjs-layers'

const generator = () =>
  sequential({
    layers: [
      layers.dense({ inputShape: [8], units: 32, activation: 'elu' }),
      layers.dense({ units: 32, activation: 'elu' }),
      layers.dense({ units: 2 }),
    ],
  })

const discriminator = () =>
  sequential({
    layers: [layers.dense({ inputShape: [2], units: 64, activation: 'selu' }), layers.dense({ units: 1 })],
  })

export function ownGame(samples: GameParts['samples'], batchSize: number) {
  return adversarialGame({
    name: 'own',
    generator: ownGenerator(generator()),
    generatorEma: ownGenerator(generator()), // follows the first one, as its moving average
    discriminator: ownDiscriminator(discriminator()),
    options: gameOptions.parse({ latentSize: 8, loss: 'hinge', r1: 0.1, learningRate: 1e-3 }),
    samples,
    batchSize,
  })
}
