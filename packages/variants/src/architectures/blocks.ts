import { initializers, layers, type SymbolicTensor } from '@tensorflow/tfjs-layers'
import { layerSeeds } from '../layer-seeds.ts'
import { ClassScale } from '../layers/class-scale.ts'
import { NoiseDropout, NoiseGaussian } from '../layers/noise-layers.ts'
import { PixelNormalization } from '../layers/pixel-normalization.ts'
import { SpectralConv2D } from '../layers/spectral-conv2d.ts'
import { SpectralDense } from '../layers/spectral-dense.ts'
import type { ArchitectureOptions } from './architecture-options.ts'
import { hasOffset, type Normalization, scalingLayer } from './normalization.ts'
import { type Initializer, OrthogonalInitializer } from './orthogonal-initializer.ts'

type Layer = InstanceType<typeof layers.Layer>

/** What distinguishes the layers of one architecture from those of another. */
export interface BlockStyle {
  /** Initial weights of a kernel whose output should be `gain` times as large. */
  readonly kernel: (seed: number, gain: number) => Initializer
  /** Initial scales of batch normalization. */
  readonly gamma: (seed: number) => Initializer
  readonly activation: 'relu' | 'leakyReLU'
}

interface KernelOptions {
  readonly useBias?: boolean
  readonly gain?: number
}

interface ConvolutionOptions extends KernelOptions {
  readonly filters: number
  readonly kernelSize: number
  readonly strides?: number
  /** `same` by default. */
  readonly padding?: 'same' | 'valid'
}

/** What layers are made for. */
export interface BlocksRequest {
  readonly options: Pick<
    ArchitectureOptions,
    'generatorNormalization' | 'discriminatorNormalization' | 'initializer' | 'layerNoise' | 'dropout'
  >
  readonly seed: number
}

/** Weights are drawn from N(0, 0.02²) (Radford et al. 2016, section 4), scales from N(1, 0.02²) as in the authors' code. */
export const normalWeights = {
  kernel: (seed) => initializers.randomNormal({ mean: 0, stddev: 0.02, seed }),
  gamma: (seed) => initializers.randomNormal({ mean: 1, stddev: 0.02, seed }),
} satisfies Omit<BlockStyle, 'activation'>

/** Makes the layers of one network as its options want them: kernels, normalization, activation and noise. */
export class Blocks {
  readonly #player: 'generator' | 'discriminator'
  readonly #style: BlockStyle
  readonly #options: BlocksRequest['options']
  readonly #normalization: Normalization
  readonly #scaledBy: SymbolicTensor | undefined
  readonly #nextSeed: () => number
  #perturbations = 0

  /** @param scaledBy one-hot labels that change the scales of every normalization */
  constructor(
    player: 'generator' | 'discriminator',
    style: BlockStyle,
    { options, seed }: BlocksRequest,
    scaledBy?: SymbolicTensor,
  ) {
    this.#player = player
    this.#style = style
    this.#options = options
    this.#normalization = player === 'generator' ? options.generatorNormalization : options.discriminatorNormalization
    this.#scaledBy = scaledBy
    this.#nextSeed = layerSeeds(seed, player)
  }

  /** False where a normalization with its own offset follows, which would take a bias away again. */
  get biasBeforeNormalization(): boolean {
    return !hasOffset(this.#normalization)
  }

  dense(input: SymbolicTensor, units: number, { useBias = true, gain = 1 }: KernelOptions = {}): SymbolicTensor {
    const common = { units, useBias, kernelInitializer: this.kernelInitializer(gain) }
    return this.#normalization === 'spectral'
      ? applied(new SpectralDense({ ...common, seed: this.#nextSeed() }), input)
      : applied(layers.dense(common), input)
  }

  /** A learned vector for each class: [batch, classes] to [batch, width], N(0, 1) at first. */
  embedding(labels: SymbolicTensor, width: number): SymbolicTensor {
    const seed = this.#nextSeed()
    const kernelInitializer =
      this.#options.initializer === 'orthogonal'
        ? new OrthogonalInitializer(seed)
        : initializers.randomNormal({ mean: 0, stddev: 1, seed })
    const common = { units: width, useBias: false, kernelInitializer }
    return this.#normalization === 'spectral'
      ? applied(new SpectralDense({ ...common, seed: this.#nextSeed() }), labels)
      : applied(layers.dense(common), labels)
  }

  conv2d(input: SymbolicTensor, options: ConvolutionOptions): SymbolicTensor {
    const { filters, kernelSize, strides = 1, padding = 'same', useBias = true, gain = 1 } = options
    const common = { filters, kernelSize, strides, padding, useBias, kernelInitializer: this.kernelInitializer(gain) }
    return this.#normalization === 'spectral'
      ? applied(new SpectralConv2D({ ...common, seed: this.#nextSeed() }), input)
      : applied(layers.conv2d(common), input)
  }

  conv2dTranspose(input: SymbolicTensor, options: ConvolutionOptions): SymbolicTensor {
    const { filters, kernelSize, strides = 1, useBias = true, gain = 1 } = options
    const kernelInitializer = this.kernelInitializer(gain)
    return applied(
      layers.conv2dTranspose({ filters, kernelSize, strides, useBias, kernelInitializer, padding: 'same' }),
      input,
    )
  }

  activate(input: SymbolicTensor): SymbolicTensor {
    const layer =
      this.#style.activation === 'relu' ? layers.activation({ activation: 'relu' }) : layers.leakyReLU({ alpha: 0.2 })
    return applied(layer, input)
  }

  /** The activation and, before it, the network's normalization; after it for pixels, as Karras et al. have it. */
  normalizeAndActivate(input: SymbolicTensor): SymbolicTensor {
    if (this.#normalization === 'pixel') return applied(new PixelNormalization({}), this.activate(input))
    return this.activate(this.normalize(input))
  }

  /** Noise and dropout, where the options ask for them; under names that are the same in every process. */
  perturb(input: SymbolicTensor): SymbolicTensor {
    const { layerNoise, dropout } = this.#options
    const number = ++this.#perturbations
    let output = input
    if (layerNoise > 0) {
      const noise = `${this.#player}/noise_${number}`
      output = applied(new NoiseGaussian({ noise, standardDeviation: layerNoise }), output)
    }
    if (dropout > 0 && this.#player === 'discriminator') {
      output = applied(new NoiseDropout({ noise: `discriminator/dropout_${number}`, rate: dropout }), output)
    }
    return output
  }

  kernelInitializer(gain = 1): Initializer {
    const seed = this.#nextSeed()
    return this.#options.initializer === 'orthogonal' ? new OrthogonalInitializer(seed) : this.#style.kernel(seed, gain)
  }

  /** The network's normalization, where it has scales and offsets. */
  normalize(input: SymbolicTensor): SymbolicTensor {
    const normalization = this.#normalization
    if (!hasOffset(normalization)) return input
    const normalized = applied(
      scalingLayer(normalization, input.shape, () => this.#style.gamma(this.#nextSeed())),
      input,
    )
    return this.#scaledBy ? applied(new ClassScale({}), [normalized, this.#scaledBy]) : normalized
  }
}

/** The layer's output, for one input or several. */
export function applied(layer: Layer, input: SymbolicTensor | SymbolicTensor[]): SymbolicTensor {
  return layer.apply(input) as SymbolicTensor
}
