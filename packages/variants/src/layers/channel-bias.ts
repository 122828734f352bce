import { add, serialization, type Tensor } from '@tensorflow/tfjs-core'
import { initializers, type LayerVariable, layers } from '@tensorflow/tfjs-layers'
import { oneTensor } from './one-tensor.ts'

/** Adds a learned number to every channel, from 0 on: the bias of a dense layer whose outputs are maps. Input [batch, …, channels]. */
export class ChannelBias extends layers.Layer {
  static readonly className = 'ChannelBias'
  #bias: LayerVariable | undefined

  override build(inputShape: number[]): void {
    this.#bias = this.addWeight('bias', [inputShape.at(-1)!], 'float32', initializers.zeros())
    this.built = true
  }

  override computeOutputShape(inputShape: number[]): number[] {
    return inputShape
  }

  override call(inputs: Tensor | Tensor[]): Tensor {
    return add(oneTensor(inputs), this.#bias!.read())
  }
}

serialization.registerClass(ChannelBias)
