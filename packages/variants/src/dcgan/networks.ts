import { initializers, type LayersModel, layers, sequential } from '@tensorflow/tfjs-layers'
import { layerSeeds } from '../layer-seeds.ts'
import type { DcganOptions } from './options.ts'
import type { DcganPlan } from './plan.ts'

/** Weights are drawn from N(0, 0.02²) (Radford et al. 2016, section 4). */
const weights = (seed: number) => initializers.randomNormal({ mean: 0, stddev: 0.02, seed })

/** Momentum and epsilon of the authors' code (Torch's defaults, with the momentum seen from the other side). */
const batchNormalization = (seed: number) =>
  layers.batchNormalization({
    momentum: 0.9,
    epsilon: 1e-5,
    gammaInitializer: initializers.randomNormal({ mean: 1, stddev: 0.02, seed }),
  })

/**
 * Noise to images (Radford et al. 2016, section 3 and figure 1): a projection to a small map, then transposed convolutions
 * of stride 2 that double the side and halve the channels; batch normalization and ReLU between, tanh at the end.
 */
export function dcganGenerator(
  options: DcganOptions,
  { channels, baseSize, doublings }: DcganPlan,
  seed: number,
): LayersModel {
  const { latentSize, generatorWidth, kernelSize } = options
  const nextSeed = layerSeeds(seed, 'generator')
  const widths = Array.from({ length: doublings }, (_, index) => generatorWidth * 2 ** (doublings - 1 - index))
  const model = sequential()
  model.add(
    layers.dense({
      units: baseSize * baseSize * widths[0]!,
      useBias: false,
      kernelInitializer: weights(nextSeed()),
      inputShape: [latentSize],
    }),
  )
  model.add(layers.reshape({ targetShape: [baseSize, baseSize, widths[0]!] }))
  for (const [index, filters] of [...widths.slice(1), channels].entries()) {
    model.add(batchNormalization(nextSeed()))
    model.add(layers.activation({ activation: 'relu' }))
    model.add(
      layers.conv2dTranspose({
        filters,
        kernelSize,
        strides: 2,
        padding: 'same',
        // Batch normalization would take a bias away again.
        useBias: index === doublings - 1,
        kernelInitializer: weights(nextSeed()),
      }),
    )
  }
  model.add(layers.activation({ activation: 'tanh' }))
  return model
}

/**
 * Images to one logit each: convolutions of stride 2 that halve the side and double the channels, with leaky ReLU of slope
 * 0.2; batch normalization on all but the first (Radford et al. 2016, section 3).
 */
export function dcganDiscriminator(
  options: DcganOptions,
  { channels, baseSize, doublings }: DcganPlan,
  seed: number,
): LayersModel {
  const { discriminatorWidth, discriminatorNormalization, kernelSize } = options
  const nextSeed = layerSeeds(seed, 'discriminator')
  const size = baseSize * 2 ** doublings
  const model = sequential()
  for (let index = 0; index < doublings; index++) {
    const normalized = index > 0 && discriminatorNormalization === 'batch'
    model.add(
      layers.conv2d({
        filters: discriminatorWidth * 2 ** index,
        kernelSize,
        strides: 2,
        padding: 'same',
        useBias: !normalized,
        kernelInitializer: weights(nextSeed()),
        ...(index === 0 && { inputShape: [size, size, channels] }),
      }),
    )
    if (normalized) model.add(batchNormalization(nextSeed()))
    model.add(layers.leakyReLU({ alpha: 0.2 }))
  }
  model.add(layers.flatten())
  model.add(layers.dense({ units: 1, kernelInitializer: weights(nextSeed()) }))
  return model
}
