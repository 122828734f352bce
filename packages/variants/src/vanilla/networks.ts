import { sizeOfShape } from '@gantry/core'
import { initializers, type LayersModel, layers, sequential } from '@tensorflow/tfjs-layers'
import { layerSeeds } from '../layer-seeds.ts'
import type { VanillaOptions } from './options.ts'

function dense(units: number, seed: number, inputShape?: number[]) {
  return layers.dense({
    units,
    kernelInitializer: initializers.glorotUniform({ seed }),
    ...(inputShape && { inputShape }),
  })
}

/** Noise to samples: hidden layers with ReLU; images end in tanh, points have no bound. */
export function vanillaGenerator(
  { latentSize, hiddenUnits, hiddenLayers }: VanillaOptions,
  sampleShape: readonly number[],
  seed: number,
): LayersModel {
  const nextSeed = layerSeeds(seed, 'generator')
  const model = sequential()
  for (let index = 0; index < hiddenLayers; index++) {
    model.add(dense(hiddenUnits, nextSeed(), index === 0 ? [latentSize] : undefined))
    model.add(layers.activation({ activation: 'relu' }))
  }
  model.add(dense(sizeOfShape(sampleShape), nextSeed()))
  if (sampleShape.length === 1) return model
  model.add(layers.activation({ activation: 'tanh' }))
  model.add(layers.reshape({ targetShape: [...sampleShape] }))
  return model
}

/** Samples to one logit: hidden layers with leaky ReLU. */
export function vanillaDiscriminator(
  { hiddenUnits, hiddenLayers }: VanillaOptions,
  sampleShape: readonly number[],
  seed: number,
): LayersModel {
  const nextSeed = layerSeeds(seed, 'discriminator')
  const model = sequential()
  model.add(layers.reshape({ targetShape: [sizeOfShape(sampleShape)], inputShape: [...sampleShape] }))
  for (let index = 0; index < hiddenLayers; index++) {
    model.add(dense(hiddenUnits, nextSeed()))
    model.add(layers.leakyReLU({ alpha: 0.2 }))
  }
  model.add(dense(1, nextSeed()))
  return model
}
