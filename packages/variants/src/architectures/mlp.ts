import { ConfigurationError, sizeOfShape } from '@gantry/core'
import { initializers, layers } from '@tensorflow/tfjs-layers'
import type { Architecture, ArchitectureRequest } from './architecture.ts'
import { applied, type BlockStyle } from './blocks.ts'
import { beginDiscriminator, beginGenerator } from './conditioning.ts'
import { judgement, withSpread } from './judgement.ts'
import { discriminatorOf, generatorOf } from './networks.ts'

const style = {
  kernel: (seed) => initializers.glorotUniform({ seed }),
  gamma: () => initializers.ones(),
} satisfies Omit<BlockStyle, 'activation'>

function checkNormalization(
  option: 'generatorNormalization' | 'discriminatorNormalization',
  options: ArchitectureRequest['options'],
) {
  if (options[option] !== 'instance') return
  throw new ConfigurationError({
    code: 'OPTIONS_INCOMPATIBLE',
    message: `${option} is 'instance', which is over the pixels of a channel, but the layers of an mlp have no pixels.`,
    fix: `Use ${option} 'layer', or another architecture.`,
  })
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

  generator(request) {
    const { options, sampleShape } = request
    checkNormalization('generatorNormalization', options)
    const { blocks, inputs, first } = beginGenerator(request, { ...style, activation: 'relu' })
    let hidden = first
    for (let index = 0; index < options.hiddenLayers; index++) {
      const sums = blocks.dense(hidden, options.hiddenUnits, { useBias: blocks.biasBeforeNormalization })
      hidden = blocks.perturb(blocks.normalizeAndActivate(sums))
    }
    const output = blocks.dense(hidden, sizeOfShape(sampleShape))
    if (sampleShape.length === 1) return generatorOf(inputs, output)
    const bounded = applied(layers.activation({ activation: 'tanh' }), output)
    return generatorOf(inputs, applied(layers.reshape({ targetShape: [...sampleShape] }), bounded))
  },

  discriminator(request) {
    const { options, sampleShape, heads = {} } = request
    checkNormalization('discriminatorNormalization', options)
    const start = beginDiscriminator(request, { ...style, activation: 'leakyReLU' }, [sizeOfShape(sampleShape)])
    const { blocks } = start
    let hidden = start.first
    for (let index = 0; index < options.hiddenLayers; index++) {
      const sums = blocks.dense(hidden, options.hiddenUnits, { useBias: blocks.biasBeforeNormalization })
      hidden = blocks.perturb(blocks.normalizeAndActivate(sums))
    }
    return discriminatorOf(start.inputs, judgement(request, start, withSpread(request, hidden)), Object.keys(heads))
  },
}
