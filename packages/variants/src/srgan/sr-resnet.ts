import { initializers, input, layers, type SymbolicTensor } from '@tensorflow/tfjs-layers'
import { applied, Blocks, normalWeights } from '../architectures/blocks.ts'
import { PixelShuffle } from '../layers/pixel-shuffle.ts'
import type { Network } from '../network.ts'
import {
  doublingsOf,
  type EnlargingRequest,
  enlargingNetwork,
  lastGain,
} from '../super-resolution/enlarging-network.ts'
import { parametricRelu } from '../super-resolution/parametric-relu.ts'
import type { SrganOptions } from './srgan-options.ts'

export type SrResnetOptions = Pick<
  SrganOptions,
  'generatorWidth' | 'residualBlocks' | 'generatorNormalization' | 'initializer' | 'layerNoise'
>

/** N(0, 0.02²), or the share of it that a gain asks for. */
const ownKernel = (seed: number, gain: number) => initializers.randomNormal({ mean: 0, stddev: 0.02 * gain, seed })

/**
 * SRResNet (Ledig et al. 2017, figure 4): k9n64s1, residual blocks of two k3n64s1 with batch normalization and PReLU, one more beside a
 * skip around all of them, a pixel shuffle a doubling, k9n3s1.
 */
export function srResnet(request: EnlargingRequest<SrResnetOptions>): Network {
  const { options, channels, seed } = request
  const { generatorWidth: width, residualBlocks, factor } = options
  const blocks = new Blocks(
    'generator',
    { ...normalWeights, kernel: ownKernel, activation: 'relu' },
    { options: { ...options, discriminatorNormalization: 'none', dropout: 0 }, seed },
  )
  const useBias = blocks.biasBeforeNormalization
  const inner = (maps: SymbolicTensor) =>
    blocks.normalize(blocks.conv2d(maps, { filters: width, kernelSize: 3, useBias }))
  const sum = (...parts: SymbolicTensor[]) => applied(layers.add({}), parts)

  const low = input({ shape: [null, null, channels] })
  const first = blocks.perturb(parametricRelu(blocks.conv2d(low, { filters: width, kernelSize: 9 })))
  let maps = first
  for (let block = 0; block < residualBlocks; block++) {
    maps = sum(maps, inner(blocks.perturb(parametricRelu(inner(maps)))))
  }
  maps = sum(first, inner(maps))
  for (let doubling = 0; doubling < doublingsOf(factor); doubling++) {
    const shuffled = applied(
      new PixelShuffle({ factor: 2 }),
      blocks.conv2d(maps, { filters: width * 4, kernelSize: 3 }),
    )
    maps = blocks.perturb(parametricRelu(shuffled))
  }
  const made = blocks.conv2d(maps, { filters: channels, kernelSize: 9, gain: lastGain(options) })
  return enlargingNetwork(request, low, made)
}
