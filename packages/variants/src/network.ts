import type { Tensor, Variable } from '@tensorflow/tfjs-core'
import type { LayersModel } from '@tensorflow/tfjs-layers'

/** A `tf.LayersModel` seen as a function of one tensor over named variables. */
export interface Network {
  /** All weights by layer and weight name: `conv2d_2/kernel`; running statistics included. */
  readonly weights: Readonly<Record<string, Variable>>
  /** The weights that gradients move. */
  readonly trainable: Readonly<Record<string, Variable>>
  /** In training, batch normalization uses the batch's own statistics and updates the running ones. */
  apply(input: Tensor, options: { readonly training: boolean }): Tensor
  dispose(): void
}

/**
 * Names weights by the kind of their layer and its number among its kind, so that equal architectures have equal names:
 * TF.js numbers the layers of a whole process.
 */
export function networkOf(model: LayersModel): Network {
  const weights: Record<string, Variable> = {}
  const trainable: Record<string, Variable> = {}
  const counts = new Map<string, number>()
  for (const layer of model.layers) {
    const kind = snakeCase(layer.getClassName())
    const count = (counts.get(kind) ?? 0) + 1
    counts.set(kind, count)
    for (const weight of layer.weights) {
      const variable = weight.read() as Variable
      const name = `${kind}_${count}/${weight.originalName.split('/').at(-1)}`
      weights[name] = variable
      if (layer.trainableWeights.includes(weight)) trainable[name] = variable
    }
  }
  return {
    weights,
    trainable,
    apply: (input, options) => model.apply(input, options) as Tensor,
    dispose: () => model.dispose(),
  }
}

/** `Conv2DTranspose` as `conv2d_transpose`. */
function snakeCase(name: string): string {
  return name.replace(/(?<=.)(?=[A-Z][a-z])/g, '_').toLowerCase()
}
