import { add, mul, serialization, type Tensor } from '@tensorflow/tfjs-core'
import { layers } from '@tensorflow/tfjs-layers'

/**
 * A sum that takes a share of its second part: [x, r] to x + scale·r. Small shares keep deep sums stable (Szegedy et al. 2017,
 * section 3.3).
 */
export class ScaledResidual extends layers.Layer {
  static readonly className = 'ScaledResidual'
  readonly #scale: number

  constructor(config: { readonly scale: number }) {
    super(config as ConstructorParameters<typeof layers.Layer>[0])
    this.#scale = config.scale
  }

  override computeOutputShape(inputShapes: number[] | number[][]): number[] {
    return inputShapes[0] as number[]
  }

  override call(inputs: Tensor | Tensor[]): Tensor {
    const [input, residual] = inputs as Tensor[]
    return add(input!, mul(residual!, this.#scale))
  }

  override getConfig(): serialization.ConfigDict {
    return { ...super.getConfig(), scale: this.#scale }
  }
}

serialization.registerClass(ScaledResidual)
