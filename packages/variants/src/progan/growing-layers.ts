import { RandomStream } from '@gantry/core'
import { layers, type SymbolicTensor } from '@tensorflow/tfjs-layers'
import { applied } from '../architectures/blocks.ts'
import { channelsAt, doublingsTo } from '../architectures/doubling-maps.ts'
import { EqualizedConv2D } from '../layers/equalized-conv2d.ts'
import { EqualizedDense } from '../layers/equalized-dense.ts'
import { PixelNormalization } from '../layers/pixel-normalization.ts'
import type { GrowthFade } from './images-at.ts'
import type { ProganOptions } from './progan-options.ts'

/** What networks are built for that grow. */
export interface GrowingRequest {
  readonly options: Pick<
    ProganOptions,
    'channelBase' | 'generatorWidth' | 'discriminatorWidth' | 'latentSize' | 'minibatchStandardDeviation'
  >
  /** Of the images. */
  readonly channels: number
  /** Side of the images of this stage. */
  readonly size: number
  /** Where the layers of this size fade in: the side of the images before. */
  readonly fade?: GrowthFade | undefined
  readonly seed: number
}

/** Before a leaky ReLU, and nothing before what is linear (Karras et al. 2018, section 4.1; He et al. 2015). */
const GAIN = Math.SQRT2

/**
 * Makes the layers of a network that grows. Each has a name of its own, `8x8/conv_1`, which is that of its weights at every size, and by
 * which they are drawn: what is grown later is the same as if it had been there before.
 */
export class GrowingLayers {
  readonly #player: 'generator' | 'discriminator'
  readonly #request: GrowingRequest

  constructor(player: 'generator' | 'discriminator', request: GrowingRequest) {
    this.#player = player
    this.#request = request
  }

  /** Sides of maps from the first to that of this stage. */
  get sizes(): number[] {
    return doublingsTo(this.#request.size)
  }

  /** Channels of maps of this side. */
  channelsAt(size: number): number {
    const { channelBase, [`${this.#player}Width` as const]: width } = this.#request.options
    return channelsAt(size, width, channelBase)
  }

  conv(input: SymbolicTensor, name: string, filters: number): SymbolicTensor {
    return activated(applied(new EqualizedConv2D({ ...this.#named(name), filters, kernelSize: 3, gain: GAIN }), input))
  }

  /** Between images and maps: one pixel at a time, linear. */
  pixels(input: SymbolicTensor, name: string, filters: number, gain = 1): SymbolicTensor {
    return applied(new EqualizedConv2D({ ...this.#named(name), filters, kernelSize: 1, gain }), input)
  }

  /** Linear, with a bias unless one of its own follows. */
  dense(input: SymbolicTensor, name: string, units: number, gain = GAIN, useBias = true): SymbolicTensor {
    return applied(new EqualizedDense({ ...this.#named(name), units, gain, useBias }), input)
  }

  #named(name: string): { readonly name: string; readonly seed: number } {
    const stream = new RandomStream(this.#request.seed, `weights/${this.#player}/${name}`)
    return { name, seed: stream.integer(0x7fffffff) }
  }
}

export function activated(input: SymbolicTensor): SymbolicTensor {
  return applied(layers.leakyReLU({ alpha: 0.2 }), input)
}

export function normalized(input: SymbolicTensor): SymbolicTensor {
  return applied(new PixelNormalization({}), input)
}

/** Every pixel as a square of pixels. */
export function enlarged(input: SymbolicTensor, factor: number): SymbolicTensor {
  return factor === 1 ? input : applied(layers.upSampling2d({ size: [factor, factor] }), input)
}

/** Every square of pixels as its mean. */
export function reduced(input: SymbolicTensor, factor: number): SymbolicTensor {
  return factor === 1 ? input : applied(layers.averagePooling2d({ poolSize: factor, strides: factor }), input)
}
