import { add, matMul, mul, reshape, serialization, type Tensor, type Tensor2D } from '@tensorflow/tfjs-core'
import { initializers, type LayerVariable, layers } from '@tensorflow/tfjs-layers'

/**
 * What makes a normalization conditional (de Vries et al. 2017, section 3.1): each class changes scale and offset of each
 * channel, y = x·(1 + Δγ(class)) + Δβ(class). It follows a normalization with its own γ and β; both changes begin at zero.
 *
 * Inputs [batch, …, channels] and one-hot labels [batch, classes].
 */
export class ClassScale extends layers.Layer {
  static readonly className = 'ClassScale'
  #gamma: LayerVariable | undefined
  #beta: LayerVariable | undefined

  override build(inputShapes: number[] | number[][]): void {
    const [own, labels] = inputShapes as number[][]
    const shape = [labels!.at(-1)!, own!.at(-1)!]
    this.#gamma = this.addWeight('gamma', shape, 'float32', initializers.zeros())
    this.#beta = this.addWeight('beta', shape, 'float32', initializers.zeros())
    this.built = true
  }

  override computeOutputShape(inputShapes: number[] | number[][]): number[] {
    return (inputShapes as number[][])[0]!
  }

  override call(inputs: Tensor | Tensor[]): Tensor {
    const [input, labels] = inputs as [Tensor, Tensor2D]
    const spread = input.shape.map((length, axis) => (axis === 0 ? -1 : axis === input.rank - 1 ? length : 1))
    const ofClass = (table: LayerVariable) => reshape(matMul(labels, table.read() as Tensor2D), spread)
    return add(mul(input, add(ofClass(this.#gamma!), 1)), ofClass(this.#beta!))
  }
}

serialization.registerClass(ClassScale)
