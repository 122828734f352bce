import type { Feed, TensorProgram, TrainableModel } from '@gantry/core'
import { createSlots, type Network, networkOf } from '@gantry/variants'
import * as tf from '@tensorflow/tfjs-core'
import { layers, sequential } from '@tensorflow/tfjs-layers'
import { BATCH_SIZE, glorotLimit, LATENT_SIZE, LEARNING_RATE, sharedNumbers } from './tutorial.ts'

/** They are overwritten: Keras's own would be drawn for nothing. */
const kernelInitializer = 'zeros'

function createGenerator(): Network {
  const transpose = (filters: number, strides: number, activation?: 'tanh') =>
    layers.conv2dTranspose({
      filters,
      kernelSize: 5,
      strides,
      padding: 'same',
      useBias: false,
      kernelInitializer,
      ...(activation && { activation }),
    })
  const { inputs, outputs } = sequential({
    layers: [
      layers.dense({ inputShape: [LATENT_SIZE], units: 7 * 7 * 256, useBias: false, kernelInitializer }),
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
  return networkOf('generator', { latent: inputs[0]! }, { samples: outputs[0]! })
}

function createDiscriminator(): Network {
  const convolution = (filters: number, inputShape?: [number, number, number]) =>
    layers.conv2d({
      filters,
      kernelSize: 5,
      strides: 2,
      padding: 'same',
      kernelInitializer,
      ...(inputShape && { inputShape }),
    })
  const { inputs, outputs } = sequential({
    layers: [
      convolution(64, [28, 28, 1]),
      layers.leakyReLU({ alpha: 0.3 }),
      convolution(128),
      layers.leakyReLU({ alpha: 0.3 }),
      layers.flatten(),
      layers.dense({ units: 1, kernelInitializer }),
    ],
  })
  return networkOf('discriminator', { samples: inputs[0]! }, { logits: outputs[0]! })
}

/** Replaces the kernels by the numbers that all engines start from; the other weights keep Keras's zeros and ones. */
function shareWeights({ trainable }: Network): void {
  for (const weight of Object.values(trainable)) {
    const { shape } = weight
    if (shape.length < 2) continue
    const [inputs, outputs] = shape.slice(-2) as [number, number]
    const receptive = shape.slice(0, -2).reduce((product, size) => product * size, 1)
    const limit = glorotLimit(receptive * inputs, receptive * outputs)
    weight.assign(
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

const generate = (generator: Network, latent: tf.Tensor): tf.Tensor =>
  generator.apply({ latent }, { training: true }).samples!

const judge = (discriminator: Network, samples: tf.Tensor): tf.Tensor =>
  discriminator.apply({ samples }, { training: true }).logits!

/** Logits of real and generated images from one batch of both: no layer of the discriminator mixes samples. */
function judgeTogether(discriminator: Network, images: tf.Tensor, generated: tf.Tensor): [tf.Tensor, tf.Tensor] {
  return tf.split(judge(discriminator, tf.concat([images, generated])), 2) as [tf.Tensor, tf.Tensor]
}

function judgeApart(discriminator: Network, images: tf.Tensor, generated: tf.Tensor): [tf.Tensor, tf.Tensor] {
  return [judge(discriminator, images), judge(discriminator, generated)]
}

/**
 * The tutorial's step in TF.js layers, as a model of one phase, `step`, with the feeds `images` [N,28,28,1] and `latents`
 * [N,100]. As in the tutorial, both losses come from one forward pass, and both networks are updated after it.
 *
 * @param joined whether the discriminator sees real and generated images as one batch: the same numbers and fewer nodes, but
 * the generator's gradient then passes through the real images, too
 */
export function createTutorial(batchSize = BATCH_SIZE, joined = false): Tutorial {
  const [generator, discriminator] = [createGenerator(), createDiscriminator()]
  for (const network of [generator, discriminator]) shareWeights(network)
  const judgeBoth = joined ? judgeTogether : judgeApart
  const optimizers = {
    generator: tf.train.adam(LEARNING_RATE),
    discriminator: tf.train.adam(LEARNING_RATE),
  }

  const step: TensorProgram<tf.Tensor> = ({ images, latents }) => {
    const discriminatorLosses: tf.Scalar[] = []
    const discriminatorGradients: NamedGradients[] = []
    const forGenerator = tf.variableGrads(() => {
      const generated = generate(generator, latents!)
      const [realLogits, generatedLogits] = judgeBoth(discriminator, images!, generated)
      const loss = tf.add(crossEntropy(realLogits, 1), crossEntropy(generatedLogits, 0)) as tf.Scalar
      // Inside a gradient, TF.js goes on with the same tape: this takes a second gradient of one forward pass.
      const { grads } = tf.variableGrads(() => loss, Object.values(discriminator.trainable))
      discriminatorGradients.push(named(grads))
      discriminatorLosses.push(loss)
      tf.keep(loss)
      for (const gradient of Object.values(grads)) tf.keep(gradient)
      return crossEntropy(generatedLogits, 1)
    }, Object.values(generator.trainable))
    optimizers.generator.applyGradients(named(forGenerator.grads))
    for (const gradients of discriminatorGradients) {
      optimizers.discriminator.applyGradients(gradients)
      for (const { tensor } of gradients) tensor.dispose()
    }
    return { discriminatorLoss: discriminatorLosses[0]!, generatorLoss: forGenerator.value }
  }

  const feed = (source: Feed['source'], shape: readonly number[]): Feed => ({ dtype: 'float32', shape, source })
  const variables: Record<string, tf.Variable> = {}
  for (const [name, network] of Object.entries({ generator, discriminator })) {
    const slots = createSlots(optimizers[name as keyof typeof optimizers], network.trainable)
    for (const [weight, variable] of Object.entries(network.weights)) variables[`${name}/${weight}`] = variable
    for (const [slot, variable] of Object.entries(slots)) variables[`${name}/adam/${slot}`] = variable
  }
  return {
    model: {
      name: 'tutorial',
      phases: [
        {
          name: 'step',
          every: 1,
          feeds: {
            images: feed({ from: 'batch', field: 'image' }, [batchSize, 28, 28, 1]),
            latents: feed({ from: 'random', distribution: 'normal' }, [batchSize, LATENT_SIZE]),
          },
          program: step,
        },
      ],
      functions: [],
      shown: [],
      variables,
    },
    images: sharedNumbers(batchSize * 28 * 28, 1),
    latents: sharedNumbers(batchSize * LATENT_SIZE, Math.sqrt(3)),
  }
}
