import type { Feed, ModelFunction, Phase, TensorProgram } from '@gantry/core'
import {
  keep,
  mean,
  type NamedTensorMap,
  type Scalar,
  sigmoid,
  type Tensor,
  type Variable,
  variableGrads,
} from '@tensorflow/tfjs-core'
import type { CommonOptions } from './common-options.ts'
import type { GanModel, LatentSpec } from './gan-model.ts'
import type { AdversarialLoss } from './losses/adversarial-loss.ts'
import { movingAverage } from './moving-average.ts'
import { type Network, prefixed } from './network.ts'
import { prepareOptimizer } from './optimizer.ts'

type Program = TensorProgram<Tensor>

export interface AdversarialParts {
  readonly name: string
  readonly generator: Network
  /** A second generator of the same architecture; its weights become the moving average. */
  readonly generatorEma: Network
  /** From samples to one logit each: [batch, 1]. */
  readonly discriminator: Network
  readonly loss: AdversarialLoss
  readonly options: CommonOptions
  readonly sampleShape: readonly number[]
  readonly batchSize: number
}

/**
 * A generator and a discriminator that learn against each other (Goodfellow et al. 2014, algorithm 1 with k = 1).
 *
 * `alternating`: phase `discriminator`, then phase `generator` against the updated discriminator. `simultaneous`: one phase
 * `step` in which both gradients are taken at the same weights, from one forward pass of the generator.
 */
export function adversarialModel(parts: AdversarialParts): GanModel {
  const { generator, generatorEma, discriminator, loss, options, sampleShape, batchSize } = parts
  const latent: LatentSpec = { size: options.latentSize, distribution: 'normal' }
  const generatorOptimizer = prepareOptimizer(options, generator.trainable)
  const discriminatorOptimizer = prepareOptimizer(options, discriminator.trainable)
  const average = movingAverage(generator, generatorEma, options.emaDecay)

  const samplesFeed: Feed = { dtype: 'float32', shape: [batchSize, ...sampleShape], source: { from: 'samples' } }
  const latentFeed: Feed = {
    dtype: 'float32',
    shape: [batchSize, latent.size],
    source: { from: 'random', distribution: latent.distribution },
  }

  const generate = (noise: Tensor) => generator.apply(noise, { training: true })
  const judge = (samples: Tensor) => discriminator.apply(samples, { training: true })

  /** Loss, gradients and mean probabilities of the discriminator. */
  const discriminatorGradients = (real: Tensor, fake: Tensor) => {
    const probabilities: { real?: Scalar; fake?: Scalar } = {}
    const { value, grads } = variableGrads(() => {
      const [realLogits, fakeLogits] = [judge(real), judge(fake)]
      probabilities.real = keep(meanProbability(realLogits))
      probabilities.fake = keep(meanProbability(fakeLogits))
      return loss.discriminator(realLogits, fakeLogits)
    }, Object.values(discriminator.trainable))
    return { loss: value, gradients: grads as NamedTensorMap, real: probabilities.real!, fake: probabilities.fake! }
  }

  const generatorGradients = (noise: Tensor) => {
    let fake: Tensor | undefined
    const { value, grads } = variableGrads(() => {
      fake = keep(generate(noise))
      return loss.generator(judge(fake))
    }, Object.values(generator.trainable))
    return { loss: value, gradients: grads as NamedTensorMap, fake: fake! }
  }

  const discriminatorStep: Program = ({ samples, latent: noise }) => {
    const fake = generate(noise!)
    const own = discriminatorGradients(samples!, fake)
    discriminatorOptimizer.apply(own.gradients)
    return { discriminatorLoss: own.loss, realProbability: own.real, fakeProbability: own.fake }
  }

  const generatorStep: Program = ({ latent: noise }) => {
    const own = generatorGradients(noise!)
    own.fake.dispose()
    generatorOptimizer.apply(own.gradients)
    average.update()
    return { generatorLoss: own.loss }
  }

  const bothStep: Program = ({ samples, latent: noise }) => {
    const ownGenerator = generatorGradients(noise!)
    const ownDiscriminator = discriminatorGradients(samples!, ownGenerator.fake)
    ownGenerator.fake.dispose()
    discriminatorOptimizer.apply(ownDiscriminator.gradients)
    generatorOptimizer.apply(ownGenerator.gradients)
    average.update()
    return {
      discriminatorLoss: ownDiscriminator.loss,
      generatorLoss: ownGenerator.loss,
      realProbability: ownDiscriminator.real,
      fakeProbability: ownDiscriminator.fake,
    }
  }

  const phases: Phase<Program>[] =
    options.update === 'simultaneous'
      ? [{ name: 'step', every: 1, feeds: { samples: samplesFeed, latent: latentFeed }, program: bothStep }]
      : [
          {
            name: 'discriminator',
            every: 1,
            feeds: { samples: samplesFeed, latent: latentFeed },
            program: discriminatorStep,
          },
          { name: 'generator', every: 1, feeds: { latent: latentFeed }, program: generatorStep },
        ]

  const variables: Record<string, Variable> = {
    ...prefixed('generator', { ...generator.weights, ...generatorOptimizer.slots }),
    ...prefixed('discriminator', { ...discriminator.weights, ...discriminatorOptimizer.slots }),
    ...prefixed('generatorEma', { ...generatorEma.weights, updates: average.updates }),
  }

  return {
    name: parts.name,
    latent,
    phases,
    functions: [generating('generateEma', generatorEma, latent), generating('generateRaw', generator, latent)],
    variables,
    dispose: () => {
      for (const part of [generator, generatorEma, discriminator, generatorOptimizer, discriminatorOptimizer])
        part.dispose()
      average.updates.dispose()
    },
  }
}

function meanProbability(logits: Tensor): Scalar {
  return mean(sigmoid(logits))
}

function generating(name: string, network: Network, latent: LatentSpec): ModelFunction<Program> {
  return {
    name,
    feeds: { latent: { dtype: 'float32', shape: ['batch', latent.size] } },
    program: ({ latent: noise }) => ({ samples: network.apply(noise!, { training: false }) }),
  }
}
