import { ConfigurationError } from '@gantry/core'
import type { Tensor, Variable } from '@tensorflow/tfjs-core'
import { type LayersModel, model, type SymbolicTensor } from '@tensorflow/tfjs-layers'
import { isPerSample, joinsSamples } from './per-sample.ts'

/** Weights with names, as checkpoints know them. */
export interface Weights {
  /** All weights by layer and weight name: `conv2d_2/kernel`; running statistics and power iterations included. */
  readonly weights: Readonly<Record<string, Variable>>
  /** The weights that gradients move. */
  readonly trainable: Readonly<Record<string, Variable>>
  dispose(): void
}

export interface Mode {
  /** In training, batch normalization uses the batch's own statistics and updates the running ones, and noise layers draw. */
  readonly training: boolean
}

/**
 * A function of named tensors over named weights: a generator, a discriminator, an encoder …
 *
 * A generator turns `latent` [batch, latentSize] into `samples` [batch, ...shape], images in [-1, 1]. A discriminator turns
 * `samples` into `logits` [batch, 1], above 0 for real, `features` [batch, width], which is what its last hidden layer saw, and one
 * tensor [batch, n] for every head that was asked for. Conditional ones are given one-hot `labels` [batch, classes], too.
 */
export interface Network extends Weights {
  /** Whether every output depends on its own sample alone, so that two batches may be one. */
  readonly perSample?: boolean
  /** Whether it compares or joins the samples of a batch, out of training, too: its batch has a length of its own. */
  readonly joinsSamples?: boolean
  /** Inputs that the network does not have are left out. */
  apply(inputs: Readonly<Record<string, Tensor>>, mode: Mode): Readonly<Record<string, Tensor>>
}

/** Symbolic tensors by the names that a network's inputs or outputs have. */
export type Ends = Readonly<Record<string, SymbolicTensor>>

/** Whether weights are called after the kind of their layer and its number among its kind, or after its own name. */
export type WeightNames = 'by-kind' | 'by-layer'

/**
 * The layers between these tensors as a network.
 *
 * @param name what errors call it
 * @param names by kind, equal architectures have equal names; by layer, which then must be given names, what parts of networks have in
 * common has, too
 */
export function networkOf(name: string, inputs: Ends, outputs: Ends, names: WeightNames = 'by-kind'): Network {
  const network = model({ inputs: Object.values(inputs), outputs: Object.values(outputs) })
  return {
    ...namedWeights(network, names),
    perSample: isPerSample(network),
    joinsSamples: joinsSamples(network),
    apply: (given, { training }) => {
      const tensors = Object.keys(inputs).map((input) => given[input] ?? missing(name, inputs, input, given))
      const results = [network.apply(tensors, { training })].flat() as Tensor[]
      return Object.fromEntries(Object.keys(outputs).map((output, index) => [output, results[index]!]))
    },
    dispose: () => network.dispose(),
  }
}

/**
 * Names weights by the kind of their layer and its number among its kind, so that equal architectures have equal names:
 * TF.js numbers the layers of a whole process. Where numbers would say nothing, layers have names of their own.
 */
function namedWeights({ layers }: LayersModel, names: WeightNames): Pick<Network, 'weights' | 'trainable'> {
  const weights: Record<string, Variable> = {}
  const trainable: Record<string, Variable> = {}
  const counts = new Map<string, number>()
  for (const layer of layers) {
    const kind = snakeCase(layer.getClassName())
    const count = (counts.get(kind) ?? 0) + 1
    counts.set(kind, count)
    const own = names === 'by-layer' ? layer.name : `${kind}_${count}`
    for (const weight of layer.weights) {
      const variable = weight.read() as Variable
      const name = `${own}/${weight.originalName.split('/').at(-1)}`
      weights[name] = variable
      if (layer.trainableWeights.includes(weight)) trainable[name] = variable
    }
  }
  return { weights, trainable }
}

/** `Conv2DTranspose` as `conv2d_transpose`. */
function snakeCase(name: string): string {
  return name.replace(/(?<=.)(?=[A-Z][a-z])/g, '_').toLowerCase()
}

function missing(name: string, inputs: Ends, input: string, given: Readonly<Record<string, Tensor>>): never {
  const lengths = inputs[input]!.shape.map((length) => length ?? 'batch')
  const others = Object.keys(given).join(', ') || 'nothing'
  throw new ConfigurationError({
    code: 'INPUT_MISSING',
    message: `The ${name} needs '${input}' of shape [${lengths}], but was given ${others}.`,
    fix: `Give it ${input === 'labels' ? 'one-hot labels' : `'${input}'`}.`,
  })
}
