import { initializers, layers, type SymbolicTensor } from '@tensorflow/tfjs-layers'
import { GlobalSumPooling } from '../layers/global-sum-pooling.ts'
import { networkOf } from '../network.ts'
import type { Architecture } from './architecture.ts'
import { applied, type BlockStyle, type Blocks } from './blocks.ts'
import { discriminatorStem, generatorStem } from './conditioning.ts'
import { planDcgan } from './dcgan-plan.ts'
import { discriminatorOutputs, withSpread } from './discriminator-outputs.ts'

/** Glorot & Bengio 2010, with the gain √2 before a ReLU, as in the authors' code. */
const style: BlockStyle = {
  kernel: (seed, gain) =>
    initializers.varianceScaling({ scale: gain ** 2, mode: 'fanAvg', distribution: 'uniform', seed }),
  gamma: () => initializers.ones(),
  activation: 'relu',
}

const GAIN = Math.SQRT2
/** Blocks of the discriminator that keep the size, after those that halve it. */
const BLOCKS_WITHOUT_RESAMPLING = 2

const enlarge = (input: SymbolicTensor) => applied(layers.upSampling2d({ size: [2, 2] }), input)
const shrink = (input: SymbolicTensor) => applied(layers.averagePooling2d({ poolSize: 2, strides: 2 }), input)

function sum(left: SymbolicTensor, right: SymbolicTensor): SymbolicTensor {
  return applied(layers.add({}), [left, right])
}

/**
 * Twice the side (figure 8 of the paper, on the right). The shortcut's kernel of one pixel comes before the enlargement, where it
 * gives the same image for a quarter of the work; likewise after a reduction.
 */
function blockUp(blocks: Blocks, input: SymbolicTensor, filters: number): SymbolicTensor {
  const useBias = blocks.biasBeforeNormalization
  const first = enlarge(blocks.normalizeAndActivate(input))
  const middle = blocks.conv2d(first, { filters, kernelSize: 3, useBias, gain: GAIN })
  const residual = blocks.conv2d(blocks.normalizeAndActivate(middle), { filters, kernelSize: 3, gain: GAIN })
  return sum(residual, enlarge(blocks.conv2d(input, { filters, kernelSize: 1 })))
}

/** Half the side; the image itself is neither normalized nor activated. */
function firstBlockDown(blocks: Blocks, input: SymbolicTensor, filters: number): SymbolicTensor {
  const middle = blocks.conv2d(input, { filters, kernelSize: 3, gain: GAIN })
  const residual = blocks.conv2d(blocks.activate(middle), { filters, kernelSize: 3, gain: GAIN })
  return sum(shrink(residual), blocks.conv2d(shrink(input), { filters, kernelSize: 1 }))
}

/** The same side, or half of it, at the same number of channels. */
function block(blocks: Blocks, input: SymbolicTensor, filters: number, down: boolean): SymbolicTensor {
  const useBias = blocks.biasBeforeNormalization
  const middle = blocks.conv2d(blocks.normalizeAndActivate(input), { filters, kernelSize: 3, useBias, gain: GAIN })
  const residual = blocks.conv2d(blocks.normalizeAndActivate(middle), { filters, kernelSize: 3, gain: GAIN })
  if (!down) return sum(residual, input)
  return sum(shrink(residual), blocks.conv2d(shrink(input), { filters, kernelSize: 1 }))
}

/**
 * Residual networks of SNGAN (Miyato et al. 2018, table 4 and appendix B.4), for square images whose side is 4 to 7 doubled a
 * few times. All layers have `generatorWidth` or `discriminatorWidth` channels: 256 and 128 in the paper.
 *
 * Generator: a projection to a small map, a block for every doubling, normalization, ReLU, a convolution and tanh.
 * Discriminator: for 32 pixels two blocks that halve the side, and more for larger images; two that keep it; ReLU and the sum
 * over all pixels. Normalization of activations, which the paper's discriminator lacks, is before every ReLU but the first.
 */
export const resnet: Architecture = {
  name: 'resnet',
  description: 'residual blocks of SNGAN; square images of 4 to 7 pixels, doubled a few times',
  makes: ['image'],

  generator(request) {
    const width = request.options.generatorWidth
    const { channels, baseSize, doublings } = planDcgan(request.samples, 'resnet')
    const { blocks, inputs, first } = generatorStem(request, style)
    const projection = blocks.dense(first, baseSize * baseSize * width)
    let maps = applied(layers.reshape({ targetShape: [baseSize, baseSize, width] }), projection)
    for (let index = 0; index < doublings; index++) maps = blocks.perturb(blockUp(blocks, maps, width))
    const image = blocks.conv2d(blocks.normalizeAndActivate(maps), { filters: channels, kernelSize: 3 })
    const samples = applied(layers.activation({ activation: 'tanh' }), image)
    return networkOf(request.name ?? 'generator', inputs, { samples })
  },

  discriminator(request) {
    const width = request.options.discriminatorWidth
    const { doublings } = planDcgan(request.samples, 'resnet')
    const stem = discriminatorStem(request, style)
    const { blocks } = stem
    const halvings = Math.max(Math.min(2, doublings), doublings - 1)
    let maps = blocks.perturb(firstBlockDown(blocks, stem.first, width))
    for (let index = 1; index < halvings + BLOCKS_WITHOUT_RESAMPLING; index++) {
      maps = blocks.perturb(block(blocks, maps, width, index < halvings))
    }
    const hidden = applied(new GlobalSumPooling({}), withSpread(request, blocks.normalizeAndActivate(maps)))
    return networkOf(request.name ?? 'discriminator', stem.inputs, discriminatorOutputs(request, stem, hidden))
  },
}
