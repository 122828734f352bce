import type { Feed, TensorProgram, TrainableModel } from '@gantry/core'
import { createSlots } from '@gantry/variants'
import * as tf from '@tensorflow/tfjs-core'
import { type LayersModel, layers, type Sequential, sequential } from '@tensorflow/tfjs-layers'
import { BATCH_SIZE, glorotLimit, LATENT_SIZE, LEARNING_RATE, sharedNumbers } from './tutorial.ts'

function createGenerator(): Sequential {
  const transpose = (filters: number, strides: number, activation?: 'tanh') =>
    layers.conv2dTranspose({
      filters,
      kernelSize: 5,
      strides,
      padding: 'same',
      useBias: false,
      ...(activation && { activation }),
    })
  return sequential({
    layers: [
      layers.dense({ inputShape: [LATENT_SIZE], units: 7 * 7 * 256, useBias: false }),
      layers.batchNormalization(),
      layers.leakyReLU({ alpha: 0.3 }),
      layers.reshape({ targetShape: [7, 7, 256] }),
      transpose(128, 1),
      layers.batchNormalization(),
      layers.leakyReLU({ alpha: 0.3 }),
      transpose(64, 2),
      layers.batchNormalization(),
      layers.leakyReLU({ alpha: 0.3 }),
      transpose(1, 2, 'tanh'),
    ],
  })
}

function createDiscriminator(): Sequential {
  const convolution = (filters: number, inputShape?: [number, number, number]) =>
    layers.conv2d({ filters, kernelSize: 5, strides: 2, padding: 'same', ...(inputShape && { inputShape }) })
  return sequential({
    layers: [
      convolution(64, [28, 28, 1]),
      layers.leakyReLU({ alpha: 0.3 }),
      convolution(128),
      layers.leakyReLU({ alpha: 0.3 }),
      layers.flatten(),
      layers.dense({ units: 1 }),
    ],
  })
}

/** Replaces the kernels by the numbers that all engines start from; the other weights keep Keras's zeros and ones. */
function shareWeights(network: LayersModel): void {
  for (const weight of network.trainableWeights) {
    const shape = weight.shape as number[]
    if (shape.length < 2) continue
    const [inputs, outputs] = shape.slice(-2) as [number, number]
    const receptive = shape.slice(0, -2).reduce((product, size) => product * size, 1)
    const limit = glorotLimit(receptive * inputs, receptive * outputs)
    weight.write(
      tf.tensor(
        sharedNumbers(
          shape.reduce((product, size) => product * size, 1),
          limit,
        ),
        shape,
      ),
    )
  }
}

function variablesOf(network: LayersModel): tf.Variable[] {
  return network.trainableWeights.map((weight) => weight.read() as tf.Variable)
}

function byName(variables: readonly tf.Variable[]): Record<string, tf.Variable> {
  return Object.fromEntries(variables.map((variable) => [variable.name, variable]))
}

/** Mean of the cross entropy between sigmoid(logits) and a label of all ones or all zeros. */
function crossEntropy(logits: tf.Tensor, label: 0 | 1): tf.Scalar {
  return tf.mean(tf.softplus(label === 1 ? tf.neg(logits) : logits)) as tf.Scalar
}

type NamedGradients = { name: string; tensor: tf.Tensor }[]

const named = (gradients: tf.NamedTensorMap): NamedGradients =>
  Object.entries(gradients).map(([name, tensor]) => ({ name, tensor }))

/** A model, and the feeds that all engines use for it. */
export interface Tutorial {
  readonly model: TrainableModel<TensorProgram<tf.Tensor>, tf.Variable>
  readonly images: Float32Array<ArrayBuffer>
  readonly latents: Float32Array<ArrayBuffer>
}

/**
 * The tutorial's step in TF.js layers, as a model of one phase, `step`, with the feeds `images` [N,28,28,1] and `latents`
 * [N,100]. As in the tutorial, both losses come from one forward pass, and both networks are updated after it.
 */
export function createTutorial(batchSize = BATCH_SIZE): Tutorial {
  const generator = createGenerator()
  const discriminator = createDiscriminator()
  for (const network of [generator, discriminator]) shareWeights(network)
  const generatorVariables = variablesOf(generator)
  const discriminatorVariables = variablesOf(discriminator)
  const optimizers = {
    generator: tf.train.adam(LEARNING_RATE),
    discriminator: tf.train.adam(LEARNING_RATE),
  }

  const step: TensorProgram<tf.Tensor> = ({ images, latents }) => {
    const discriminatorLosses: tf.Scalar[] = []
    const discriminatorGradients: NamedGradients[] = []
    const forGenerator = tf.variableGrads(() => {
      const generated = generator.apply(latents!, { training: true }) as tf.Tensor
      const realLogits = discriminator.apply(images!, { training: true }) as tf.Tensor
      const generatedLogits = discriminator.apply(generated, { training: true }) as tf.Tensor
      const loss = tf.add(crossEntropy(realLogits, 1), crossEntropy(generatedLogits, 0)) as tf.Scalar
      // Inside a gradient, TF.js goes on with the same tape: this takes a second gradient of one forward pass.
      const { grads } = tf.variableGrads(() => loss, discriminatorVariables)
      discriminatorGradients.push(named(grads))
      discriminatorLosses.push(loss)
      tf.keep(loss)
      for (const gradient of Object.values(grads)) tf.keep(gradient)
      return crossEntropy(generatedLogits, 1)
    }, generatorVariables)
    optimizers.generator.applyGradients(named(forGenerator.grads))
    for (const gradients of discriminatorGradients) {
      optimizers.discriminator.applyGradients(gradients)
      for (const { tensor } of gradients) tensor.dispose()
    }
    return { discriminatorLoss: discriminatorLosses[0]!, generatorLoss: forGenerator.value }
  }

  const feed = (source: Feed['source'], shape: readonly number[]): Feed => ({ dtype: 'float32', shape, source })
  const variables: Record<string, tf.Variable> = {}
  for (const weight of [...generator.weights, ...discriminator.weights]) {
    variables[weight.name] = weight.read() as tf.Variable
  }
  for (const [network, weights] of [
    ['generator', generatorVariables],
    ['discriminator', discriminatorVariables],
  ] as const) {
    for (const [name, slot] of Object.entries(createSlots(optimizers[network], byName(weights)))) {
      variables[`${network}/adam/${name}`] = slot
    }
  }
  return {
    model: {
      name: 'tutorial-dcgan',
      phases: [
        {
          name: 'step',
          every: 1,
          feeds: {
            images: feed({ from: 'samples' }, [batchSize, 28, 28, 1]),
            latents: feed({ from: 'random', distribution: 'normal' }, [batchSize, LATENT_SIZE]),
          },
          program: step,
        },
      ],
      functions: [],
      variables,
    },
    images: sharedNumbers(batchSize * 28 * 28, 1),
    latents: sharedNumbers(batchSize * LATENT_SIZE, Math.sqrt(3)),
  }
}
