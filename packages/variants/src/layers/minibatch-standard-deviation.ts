import { ConfigurationError, ShapeError } from '@gantry/core'
import { add, concat, mean, reshape, serialization, sqrt, square, sub, type Tensor, tile } from '@tensorflow/tfjs-core'
import { layers } from '@tensorflow/tfjs-layers'
import { oneTensor } from './one-tensor.ts'

const EPSILON = 1e-8

/**
 * Minibatch standard deviation (Karras et al. 2018, section 3): of every number over the samples of a group, then the mean of
 * all numbers, √(mean (x - mean x)² + 1e-8), as one more channel of these samples.
 *
 * [batch, …, channels] to [batch, …, channels + 1]. Sample i is in group i modulo batch/size, as in the authors' code.
 *
 * @throws ConfigurationError `GROUP_TOO_SMALL` for groups of fewer than two samples
 * @throws ShapeError `BATCH_INDIVISIBLE` when called with a batch that is no multiple of the group
 */
export class MinibatchStandardDeviation extends layers.Layer {
  static readonly className = 'MinibatchStandardDeviation'
  readonly #size: number

  /** @param config `size`: samples a group */
  constructor(config: { readonly size: number }) {
    super(config as ConstructorParameters<typeof layers.Layer>[0])
    this.#size = config.size
    if (this.#size >= 2) return
    throw new ConfigurationError({
      code: 'GROUP_TOO_SMALL',
      message: `minibatchStandardDeviation: a group of ${this.#size} has no spread.`,
      fix: 'Give 2 or more samples a group, or 0 for none.',
    })
  }

  override computeOutputShape(inputShape: number[]): number[] {
    return [...inputShape.slice(0, -1), inputShape.at(-1)! + 1]
  }

  override call(inputs: Tensor | Tensor[]): Tensor {
    const input = oneTensor(inputs)
    const [batch, ...own] = input.shape as [number, ...number[]]
    if (batch % this.#size !== 0) {
      throw new ShapeError({
        code: 'BATCH_INDIVISIBLE',
        message: `minibatchStandardDeviation: groups of ${this.#size} samples do not fill a batch of ${batch}.`,
        fix: `Use a batch size that is a multiple of ${this.#size} (after packing, if any), or smaller groups.`,
      })
    }
    const groups = reshape(input, [this.#size, -1, ...own])
    const variance = mean(square(sub(groups, mean(groups, 0, true))), 0)
    const spread = mean(
      sqrt(add(variance, EPSILON)),
      own.map((_, axis) => axis + 1),
      true,
    )
    return concat([input, tile(spread, [this.#size, ...own.slice(0, -1), 1])], -1)
  }

  override getConfig(): serialization.ConfigDict {
    return { ...super.getConfig(), size: this.#size }
  }
}

serialization.registerClass(MinibatchStandardDeviation)
