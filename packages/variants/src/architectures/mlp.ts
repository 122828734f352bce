import { sizeOfShape } from '@gantry/core'
import { initializers, layers, type SymbolicTensor } from '@tensorflow/tfjs-layers'
import { networkOf } from '../network.ts'
import type { Architecture } from './architecture.ts'
import { applied, type BlockStyle } from './blocks.ts'
import { discriminatorStem, generatorStem } from './conditioning.ts'
import { discriminatorOutputs, withSpread } from './discriminator-outputs.ts'
import { hasPixels } from './has-pixels.ts'
import { refuseInstance } from './normalization.ts'

const style = {
  kernel: (seed) => initializers.glorotUniform({ seed }),
  gamma: () => initializers.ones(),
} satisfies Omit<BlockStyle, 'activation'>

/** A vector in the shape of a sample. */
function shaped(vector: SymbolicTensor, shape: readonly number[]): SymbolicTensor {
  return shape.length === 1 ? vector : applied(layers.reshape({ targetShape: [...shape] }), vector)
}

/**
 * Multilayer perceptrons (Goodfellow et al. 2014), for images and points: hidden layers with ReLU in the generator and leaky
 * ReLU of slope 0.2 in the discriminator. Images end in tanh; points have no bound.
 *
 * Both players throw ConfigurationError `OPTIONS_INCOMPATIBLE` for instance normalization.
 */
export const mlp: Architecture = {
  name: 'mlp',
  description: 'multilayer perceptrons; images or points',
  makes: ['image', 'points'],

  generator(request) {
    const { options, samples: made, name = 'generator' } = request
    refuseInstance('generatorNormalization', options, 'the layers of an mlp')
    const { blocks, inputs, first } = generatorStem(request, { ...style, activation: 'relu' })
    let hidden = first
    for (let index = 0; index < options.hiddenLayers; index++) {
      const sums = blocks.dense(hidden, options.hiddenUnits, { useBias: blocks.biasBeforeNormalization })
      hidden = blocks.perturb(blocks.normalizeAndActivate(sums))
    }
    const output = blocks.dense(hidden, sizeOfShape(made.shape))
    if (!hasPixels(made)) return networkOf(name, inputs, { samples: shaped(output, made.shape) })
    const bounded = applied(layers.activation({ activation: 'tanh' }), output)
    return networkOf(name, inputs, { samples: shaped(bounded, made.shape) })
  },

  discriminator(request) {
    const { options, samples, name = 'discriminator' } = request
    refuseInstance('discriminatorNormalization', options, 'the layers of an mlp')
    const stem = discriminatorStem(request, { ...style, activation: 'leakyReLU' }, [sizeOfShape(samples.shape)])
    const { blocks } = stem
    let hidden = stem.first
    for (let index = 0; index < options.hiddenLayers; index++) {
      const sums = blocks.dense(hidden, options.hiddenUnits, { useBias: blocks.biasBeforeNormalization })
      hidden = blocks.perturb(blocks.normalizeAndActivate(sums))
    }
    return networkOf(name, stem.inputs, discriminatorOutputs(request, stem, withSpread(request, hidden)))
  },
}
