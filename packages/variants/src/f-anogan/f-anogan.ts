import { type BoundField, type ModelFunction, type Port, portOf, type TensorProgram } from '@gantry/core'
import { abs, add, mean, mul, type Scalar, square, sub, type Tensor } from '@tensorflow/tfjs-core'
import { z } from 'zod'
import type { ArchitectureRequest } from '../architectures/architecture.ts'
import { architectureOptions } from '../architectures/architecture-options.ts'
import { findArchitecture } from '../architectures/find-architecture.ts'
import { fieldOf } from '../bind-fields.ts'
import { batchFeed } from '../feeds.ts'
import { playerOptions } from '../game/player-options.ts'
import { playerUpdate } from '../game/player-update.ts'
import { learnersOf, player, prefixed } from '../game/players.ts'
import { withUpdatePhases } from '../game/update-phases.ts'
import { withGradients } from '../game/value-and-gradients.ts'
import { generate } from '../generate.ts'
import { goodPresets } from '../good-presets.ts'
import { judge } from '../judge.ts'
import type { Network } from '../network.ts'
import { partOf } from '../parts.ts'
import { imagesOrPoints } from '../slots.ts'
import { defineVariant } from '../variant-definition.ts'

const { emaDecay: _, emaRampUp: __, ...moves } = playerOptions.shape

/** The networks of f-AnoGAN: an encoder that learns, and the players of a game that is over. */
interface Networks {
  readonly encoder: Network
  readonly generator: Network
  readonly discriminator: Network
}

/** What becomes of samples, [batch, ...]. */
interface Mapped {
  readonly reconstruction: Tensor
  /** ‖x - G(E(x))‖²/n of each sample: [batch]. */
  readonly residual: Tensor
  /** ‖f(x) - f(G(E(x)))‖²/n_d of each sample: [batch]. */
  readonly features: Tensor
}

/** Samples mapped to a latent vector and back (Schlegl et al. 2019, figure 2: izi_f). */
function mapped({ encoder, generator, discriminator }: Networks, samples: Tensor, training: boolean): Mapped {
  const { latent } = encoder.apply({ samples }, { training })
  const reconstruction = generate(generator, latent!, undefined, { training: false })
  const featuresOf = (given: Tensor) => judge(discriminator, given, undefined, { training: false }).features
  return {
    reconstruction,
    residual: meanSquare(sub(samples, reconstruction)),
    features: meanSquare(sub(featuresOf(samples), featuresOf(reconstruction))),
  }
}

/** Of each sample. */
function meanSquare(difference: Tensor): Tensor {
  return mean(
    square(difference),
    difference.shape.slice(1).map((_, axis) => axis + 1),
  )
}

/**
 * f-AnoGAN (Schlegl et al. 2019): an encoder learns to invert the generator of another run, which was trained on what is normal. What the
 * generator cannot make again is odd.
 *
 * Equation 4: A(x) = ‖x - G(E(x))‖²/n + κ·‖f(x) - f(G(E(x)))‖²/n_d, which is also what the encoder minimises (equation 3).
 */
export const fAnogan = defineVariant({
  name: 'f-anogan',
  title: 'f-AnoGAN',
  description: 'an encoder for the generator of another run: finds what is odd',
  paper: {
    authors: 'Schlegl et al.',
    title: 'f-AnoGAN: Fast unsupervised anomaly detection with generative adversarial networks',
    year: 2019,
    url: 'https://doi.org/10.1016/j.media.2019.01.010',
  },
  needs: { samples: imagesOrPoints },
  schema: architectureOptions.extend({
    ...moves,
    // That of the authors' code.
    learningRate: moves.learningRate.unwrap().default(5e-5).describe('step size of the encoder'),
    // A generator may be flat around 0: an encoder whose first answers are nearly nothing would stay there.
    encoderNormalization: architectureOptions.shape.discriminatorNormalization
      .unwrap()
      .default('batch')
      .describe("normalization of the encoder's inner layers"),
    featureWeight: z
      .number()
      .min(0)
      .max(1e6)
      .default(1)
      .describe('κ: weight of the difference in features of the discriminator'),
  }),
  startsFrom: { parts: ['generator', 'discriminator'], options: Object.keys(architectureOptions.shape) },
  presets: goodPresets({
    mnist: { steps: 2500, options: { learningRate: 1e-3 } },
    'fashion-mnist': { steps: 2500, options: { learningRate: 1e-3 } },
    emoji: { steps: 2500, options: { learningRate: 1e-3 } },
  }),
  build: ({ options, fields, batchSize, seed, split }) => {
    const samples = fieldOf(fAnogan, fields, 'samples')
    const architecture = findArchitecture(options.architecture, samples)
    const request: ArchitectureRequest = { options, latentSize: options.latentSize, samples, seed }
    // What compares the samples of a batch is nothing to map single ones with.
    const alone = {
      ...{ ...options, discriminatorNormalization: options.encoderNormalization },
      ...{ minibatchDiscrimination: 0, minibatchStandardDeviation: 0 },
    }
    const heads = { latent: options.latentSize }
    const encoder = player(
      'encoder',
      architecture.discriminator({ ...request, options: alone, heads, name: 'encoder' }),
      {
        options,
        split,
      },
    )
    const generator = architecture.generator(request)
    const discriminator = architecture.discriminator(request)
    const networks: Networks = { encoder: encoder.network, generator, discriminator }
    const program: TensorProgram<Tensor> = ({ samples: given }) => {
      const own = withGradients(encoder.network.trainable, () => {
        const { residual, features } = mapped(networks, given!, true)
        const reports = { residual: mean(residual) as Scalar, features: mean(features) as Scalar }
        return { loss: add(reports.residual, mul(reports.features, options.featureWeight)) as Scalar, reports }
      })
      update.learn(own.gradients)
      return { loss: own.loss, ...own.reports }
    }
    const update = playerUpdate(encoder)
    const feeds = { samples: batchFeed(samples, batchSize) }
    const phases = [{ phase: { name: 'encoder', every: 1, feeds, program }, updates: [update] }]
    return {
      name: 'f-anogan',
      phases: withUpdatePhases(phases, options.gradientAccumulation),
      functions: [anomalyFunction(networks, samples, options.featureWeight)],
      shown: ['anomaly'],
      variables: {
        ...encoder.variables,
        ...prefixed('generator', generator.weights),
        ...prefixed('discriminator', discriminator.weights),
      },
      parts: {
        // The moving average of the other run's weights is what is taken over.
        generator: partOf({ name: 'generator', network: generator, history: undefined }, 'generator'),
        discriminator: partOf({ name: 'discriminator', network: discriminator, history: undefined }),
      },
      learners: learnersOf([encoder]),
      dispose: () => {
        for (const part of [encoder, generator, discriminator]) part.dispose()
      },
    }
  },
})

/** `anomaly`: what the generator makes of samples, where that differs, and by how much. */
function anomalyFunction(
  networks: Networks,
  samples: BoundField,
  featureWeight: number,
): ModelFunction<TensorProgram<Tensor>> {
  const { range, ...port } = portOf(samples)
  const score: Port = { modality: 'number', dtype: 'float32', shape: [] }
  return {
    name: 'anomaly',
    weights: 'ema',
    inputs: { samples: portOf(samples) },
    outputs: {
      reconstruction: portOf(samples),
      difference: { ...port, ...(range && { range: [0, range[1] - range[0]] as const }) },
      score,
    },
    program: ({ samples: given }) => {
      const { reconstruction, residual, features } = mapped(networks, given!, false)
      return {
        reconstruction,
        difference: abs(sub(given!, reconstruction)),
        score: add(residual, mul(features, featureWeight)),
      }
    },
  }
}
