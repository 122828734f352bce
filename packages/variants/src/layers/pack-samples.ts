import { ShapeError } from '@gantry/core'
import { reshape, serialization, type Tensor, transpose } from '@tensorflow/tfjs-core'
import { layers } from '@tensorflow/tfjs-layers'
import { oneTensor } from './one-tensor.ts'

/**
 * Puts consecutive samples side by side along their last axis, so that a discriminator judges them together (PacGAN, Lin et
 * al. 2018, section 3): [batch, …, channels] to [batch/packing, …, packing·channels].
 *
 * @throws ShapeError `BATCH_INDIVISIBLE` when called with a batch that is no multiple of the packing
 */
export class PackSamples extends layers.Layer {
  static readonly className = 'PackSamples'
  readonly #packing: number

  constructor(config: { readonly packing: number }) {
    super(config as ConstructorParameters<typeof layers.Layer>[0])
    this.#packing = config.packing
  }

  override computeOutputShape(inputShape: (number | null)[]): (number | null)[] {
    return [null, ...inputShape.slice(1, -1), inputShape.at(-1)! * this.#packing]
  }

  override call(inputs: Tensor | Tensor[]): Tensor {
    const input = oneTensor(inputs)
    const [batch, ...own] = input.shape as [number, ...number[]]
    if (batch % this.#packing !== 0) {
      throw new ShapeError({
        code: 'BATCH_INDIVISIBLE',
        message: `The discriminator sees ${this.#packing} samples at a time, but the batch has ${batch}.`,
        fix: `Use a batch size that is a multiple of ${this.#packing}.`,
      })
    }
    const packs = reshape(input, [-1, this.#packing, ...own])
    const pixels = own.slice(1).map((_, axis) => axis + 2)
    const beside = transpose(packs, [0, ...pixels, 1, own.length + 1])
    return reshape(beside, [-1, ...own.slice(0, -1), own.at(-1)! * this.#packing])
  }

  override getConfig(): serialization.ConfigDict {
    return { ...super.getConfig(), packing: this.#packing }
  }
}

serialization.registerClass(PackSamples)
