import { serialization, sum, type Tensor } from '@tensorflow/tfjs-core'
import { layers } from '@tensorflow/tfjs-layers'
import { oneTensor } from './one-tensor.ts'

/** The sum of all pixels, [batch, height, width, channels] to [batch, channels] (Miyato et al. 2018, appendix B.4). */
export class GlobalSumPooling extends layers.Layer {
  static readonly className = 'GlobalSumPooling'

  override computeOutputShape(inputShape: number[]): number[] {
    return [inputShape[0]!, inputShape.at(-1)!]
  }

  override call(inputs: Tensor | Tensor[]): Tensor {
    return sum(oneTensor(inputs), [1, 2])
  }
}

serialization.registerClass(GlobalSumPooling)
