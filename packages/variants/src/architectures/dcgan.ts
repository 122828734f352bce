import { layers, type SymbolicTensor } from '@tensorflow/tfjs-layers'
import { networkOf } from '../network.ts'
import type { Architecture, ArchitectureRequest } from './architecture.ts'
import { applied, type Blocks, normalWeights } from './blocks.ts'
import { discriminatorStem, generatorStem } from './conditioning.ts'
import { planDcgan } from './dcgan-plan.ts'
import { discriminatorOutputs, withSpread } from './discriminator-outputs.ts'
import { refuseInstance } from './normalization.ts'

/** What the logits look at: the maps, or a fully connected layer that sees all of them. */
function hiddenOf(blocks: Blocks, maps: SymbolicTensor, { options }: ArchitectureRequest): SymbolicTensor {
  const flat = applied(layers.flatten(), maps)
  if (options.denseUnits === 0) return flat
  refuseInstance('discriminatorNormalization', options, 'the fully connected layer that denseUnits adds')
  const sums = blocks.dense(flat, options.denseUnits, { useBias: blocks.biasBeforeNormalization })
  return blocks.perturb(blocks.normalizeAndActivate(sums))
}

/**
 * Strided convolutions (Radford et al. 2016, section 3 and figure 1), for square images whose side is 4 to 7 doubled a few
 * times.
 *
 * Generator: a projection to a small map, then transposed convolutions of stride 2 that double the side and halve the
 * channels, with ReLU between and tanh at the end. Discriminator: convolutions of stride 2 that halve the side and double the
 * channels, with leaky ReLU of slope 0.2; normalization on all but the first.
 *
 * Two convolutions of stride 2, which are all there are for 28 pixels, see 10×10 of them, and the logits add up what they see:
 * `denseUnits` gives the discriminator a layer that sees everything, as InfoGAN's for MNIST has (Chen et al. 2016, appendix C.1).
 */
export const dcgan: Architecture = {
  name: 'dcgan',
  description: 'strided convolutions; square images of 4 to 7 pixels, doubled a few times',
  makes: ['image'],

  generator(request) {
    const { generatorWidth, kernelSize } = request.options
    const { channels, baseSize, doublings } = planDcgan(request.samples)
    const { blocks, inputs, first } = generatorStem(request, { ...normalWeights, activation: 'relu' })
    const widths = Array.from({ length: doublings }, (_, index) => generatorWidth * 2 ** (doublings - 1 - index))
    const useBias = blocks.biasBeforeNormalization
    const projection = blocks.dense(first, baseSize * baseSize * widths[0]!, { useBias })
    let maps = applied(layers.reshape({ targetShape: [baseSize, baseSize, widths[0]!] }), projection)
    for (const [index, filters] of [...widths.slice(1), channels].entries()) {
      const last = index === doublings - 1
      const hidden = blocks.perturb(blocks.normalizeAndActivate(maps))
      maps = blocks.conv2dTranspose(hidden, { filters, kernelSize, strides: 2, useBias: last || useBias })
    }
    const samples = applied(layers.activation({ activation: 'tanh' }), maps)
    return networkOf(request.name ?? 'generator', inputs, { samples })
  },

  discriminator(request) {
    const { discriminatorWidth, kernelSize } = request.options
    const { doublings } = planDcgan(request.samples)
    const stem = discriminatorStem(request, { ...normalWeights, activation: 'leakyReLU' })
    const { blocks } = stem
    let maps = stem.first
    for (let index = 0; index < doublings; index++) {
      const filters = discriminatorWidth * 2 ** index
      const useBias = index === 0 || blocks.biasBeforeNormalization
      const sums = blocks.conv2d(maps, { filters, kernelSize, strides: 2, useBias })
      maps = blocks.perturb(index === 0 ? blocks.activate(sums) : blocks.normalizeAndActivate(sums))
    }
    const hidden = hiddenOf(blocks, withSpread(request, maps), request)
    return networkOf(request.name ?? 'discriminator', stem.inputs, discriminatorOutputs(request, stem, hidden))
  },
}
