import { initializers, input, layers, type SymbolicTensor } from '@tensorflow/tfjs-layers'
import { applied, Blocks, normalWeights } from '../architectures/blocks.ts'
import { ScaledResidual } from '../layers/scaled-residual.ts'
import type { Network } from '../network.ts'
import {
  doublingsOf,
  type EnlargingRequest,
  enlargingNetwork,
  lastGain,
} from '../super-resolution/enlarging-network.ts'
import type { EsrganOptions } from './esrgan-options.ts'

export type RrdbOptions = Pick<
  EsrganOptions,
  'generatorWidth' | 'residualBlocks' | 'growth' | 'initializer' | 'layerNoise'
>

/** Dense blocks in an RRDB, and convolutions in a dense block. */
const [DENSE_BLOCKS, CONVOLUTIONS] = [3, 5] as const

/** β: the share of a residual that is added (Wang et al. 2018, section 3.1). */
const SHARE = 0.2

/** Initial kernels of dense blocks are a tenth of what He et al. 2015 draw (section 3.1: "smaller initialization", the authors' code). */
const SMALL = 0.1

/** What draws the other kernels as widely as PyTorch's usual U(-1/√n, 1/√n), which the authors' code leaves them. */
const USUAL = Math.sqrt(1 / 6)

/**
 * ESRGAN's generator (Wang et al. 2018, section 3.1, the authors' code): residual-in-residual dense blocks without normalization, every
 * residual scaled by 0.2; for each doubling nearest neighbours and a convolution; two more at the end.
 */
export function rrdbNetwork(request: EnlargingRequest<RrdbOptions>): Network {
  const { options, channels, seed } = request
  const { generatorWidth: width, growth, residualBlocks, factor } = options
  const kernel = (own: number, gain: number) =>
    initializers.varianceScaling({ scale: 2 * gain ** 2, mode: 'fanIn', distribution: 'normal', seed: own })
  const blocks = new Blocks(
    'generator',
    { kernel, gamma: normalWeights.gamma, activation: 'leakyReLU' },
    {
      options: { ...options, generatorNormalization: 'none', discriminatorNormalization: 'none', dropout: 0 },
      seed,
    },
  )
  const convolution = (maps: SymbolicTensor, filters: number, gain = USUAL) =>
    blocks.conv2d(maps, { filters, kernelSize: 3, gain })
  const scaled = (given: SymbolicTensor, residual: SymbolicTensor) =>
    applied(new ScaledResidual({ scale: SHARE }), [given, residual])

  /** Every convolution sees all maps before it. */
  const denseBlock = (given: SymbolicTensor) => {
    const seen = [given]
    for (let layer = 1; layer < CONVOLUTIONS; layer++) {
      seen.push(blocks.activate(convolution(joined(seen), growth, SMALL)))
    }
    return scaled(given, convolution(joined(seen), width, SMALL))
  }

  const low = input({ shape: [null, null, channels] })
  const first = convolution(low, width)
  let maps = first
  for (let block = 0; block < residualBlocks; block++) {
    let inner = maps
    for (let dense = 0; dense < DENSE_BLOCKS; dense++) inner = denseBlock(inner)
    maps = blocks.perturb(scaled(maps, inner))
  }
  maps = applied(layers.add({}), [first, convolution(maps, width)])
  for (let doubling = 0; doubling < doublingsOf(factor); doubling++) {
    maps = blocks.activate(convolution(applied(layers.upSampling2d({ size: [2, 2] }), maps), width))
  }
  const made = convolution(blocks.activate(convolution(maps, width)), channels, lastGain(options, USUAL))
  return enlargingNetwork(request, low, made)
}

function joined(maps: readonly SymbolicTensor[]): SymbolicTensor {
  return maps.length === 1 ? maps[0]! : applied(layers.concatenate({ axis: 3 }), [...maps])
}
