import { ConfigurationError, sizeOfShape } from '@gantry/core'
import { add, mean, mul, reshape, rsqrt, serialization, square, sub, type Tensor } from '@tensorflow/tfjs-core'
import { initializers, type LayerVariable, layers } from '@tensorflow/tfjs-layers'
import { oneTensor } from './one-tensor.ts'

const EPSILON = 1e-5

/**
 * Group normalization (Wu & He 2018, equations 1 to 3 and 7): every sample by itself, over all pixels and the channels of one
 * group, y = γ·(x - μ)/√(σ² + 1e-5) + β with one γ and one β a channel.
 *
 * One group is layer normalization (Ba et al. 2016), with the scales shared over the pixels; as many groups as channels are
 * instance normalization (Ulyanov et al. 2016). Input [batch, …, channels].
 *
 * @throws ConfigurationError `GROUPS_UNEQUAL` when the groups do not divide the channels
 */
export class GroupNormalization extends layers.Layer {
  static readonly className = 'GroupNormalization'
  readonly #groups: number
  #gamma: LayerVariable | undefined
  #beta: LayerVariable | undefined

  constructor(config: { readonly groups: number }) {
    super(config as ConstructorParameters<typeof layers.Layer>[0])
    this.#groups = config.groups
  }

  override build(inputShape: number[]): void {
    const channels = inputShape.at(-1)!
    if (channels % this.#groups !== 0) {
      throw new ConfigurationError({
        code: 'GROUPS_UNEQUAL',
        message: `Group normalization: ${channels} channels do not fall into ${this.#groups} equal groups.`,
        fix: 'Give a number of groups that divides the channels.',
      })
    }
    this.#gamma = this.addWeight('gamma', [channels], 'float32', initializers.ones())
    this.#beta = this.addWeight('beta', [channels], 'float32', initializers.zeros())
    this.built = true
  }

  override computeOutputShape(inputShape: number[]): number[] {
    return inputShape
  }

  override call(inputs: Tensor | Tensor[]): Tensor {
    const input = oneTensor(inputs)
    const own = input.shape.slice(1)
    const channels = own.at(-1)!
    const grouped = reshape(input, [-1, sizeOfShape(own) / channels, this.#groups, channels / this.#groups])
    const centered = sub(grouped, mean(grouped, [1, 3], true))
    const normalized = mul(centered, rsqrt(add(mean(square(centered), [1, 3], true), EPSILON)))
    return add(mul(reshape(normalized, [-1, ...own]), this.#gamma!.read()), this.#beta!.read())
  }

  override getConfig(): serialization.ConfigDict {
    return { ...super.getConfig(), groups: this.#groups }
  }
}

serialization.registerClass(GroupNormalization)
