import type { Feed, ModelFunction, Phase, TensorProgram } from '@gantry/core'
import { drawUniform } from '@gantry/tfjs'
import { cast, floor, mul, oneHot, type Scalar, type Tensor, type Variable } from '@tensorflow/tfjs-core'
import type { DiscriminatorNetwork, GeneratorNetwork } from '../architectures/architecture.ts'
import type { GanModel, LatentSpec } from '../gan-model.ts'
import { movingAverage } from '../moving-average.ts'
import { clipWeights } from '../optimizers/clipping.ts'
import { checkUpdates } from './check-options.ts'
import type { GameExtension } from './extension.ts'
import type { GameOptions } from './game-options.ts'
import { objectivesOf, type Samples } from './objectives.ts'
import { player, prefixed } from './players.ts'
import { sightOf } from './sight.ts'
import { turnOf, updatePhases } from './turn.ts'
import { withGradients } from './value-and-gradients.ts'

type Program = TensorProgram<Tensor>

export interface GameParts {
  readonly name: string
  readonly generator: GeneratorNetwork
  /** A second generator of the same architecture; its weights become the moving average. */
  readonly generatorEma: GeneratorNetwork
  readonly discriminator: DiscriminatorNetwork
  readonly options: GameOptions
  readonly sampleShape: readonly number[]
  readonly batchSize: number
  /** Number of classes, for labelled games. */
  readonly classes?: number
  /** Whether the discriminator is told the label of what it judges, or only the generator is. */
  readonly discriminatorSeesLabels?: boolean
  readonly extension?: GameExtension
}

/**
 * A generator and a discriminator that learn against each other (Goodfellow et al. 2014, algorithm 1), with every stabiliser
 * of {@link GameOptions}.
 *
 * `alternating`: phase `discriminator`, then phase `generator` (every `criticSteps` steps) against the updated discriminator;
 * with `penaltyEvery` above 1 a phase `penalty` of its own. `simultaneous`: one phase `step` in which both gradients are
 * taken at the same weights, from one forward pass of the generator.
 *
 * With `gradientAccumulation` above 1 these phases only gather gradients, and a phase `update` moves both players at the last
 * step of every round of batches.
 *
 * @throws ConfigurationError `OPTIONS_CONFLICT` for options that do not agree when each player moves
 */
export function adversarialGame(parts: GameParts): GanModel {
  const { options, sampleShape, batchSize, classes, extension, discriminatorSeesLabels = classes !== undefined } = parts
  checkUpdates(parts.name, options)
  const latent: LatentSpec = { size: options.latentSize, distribution: 'normal' }
  const generator = player(parts.generator, options)
  const discriminator = player(parts.discriminator, options, options.discriminatorLearningRate)
  const average = movingAverage(parts.generator, parts.generatorEma, options.emaDecay, options.emaRampUp)
  const sight = sightOf(options, discriminator.optimizer.slots.updates!)
  const training = { training: true }

  const innerLatent = (noise: Tensor) => extension?.latent?.(noise) ?? noise
  const generate = (noise: Tensor, labels: Tensor | undefined): Samples => ({
    samples: generator.network.generate(innerLatent(noise), labels, training),
    classes: labels,
    latent: innerLatent(noise),
  })
  const objectives = objectivesOf({ ...parts, generator, discriminator, sight, discriminatorSeesLabels })

  const discriminatorTurn = turnOf(discriminator, () => {
    if (options.weightClip !== undefined) clipWeights(discriminator.network.trainable, options.weightClip)
    discriminator.history?.update()
  })
  const generatorTurn = turnOf(generator, () => {
    generator.history?.update()
    average.update()
  })

  const realOf = (feeds: Readonly<Record<string, Tensor>>): Samples => ({
    samples: feeds.samples!,
    classes: classes === undefined ? undefined : asOneHot(feeds.labels!, classes),
    latent: undefined,
  })

  const discriminatorStep: Program = (feeds) => {
    const real = realOf(feeds)
    const fake = generate(feeds.latent!, real.classes)
    const own = withGradients(discriminator.network.trainable, () => objectives.discriminator(real, fake))
    discriminatorTurn.learn(own.gradients)
    return { discriminatorLoss: own.loss, ...own.reports }
  }

  const generatorStep: Program = (feeds) => {
    const real = objectives.generatorSeesReal ? realOf(feeds) : undefined
    const labels = real?.classes ?? (classes === undefined ? undefined : drawClasses(batchSize, classes))
    const own = withGradients(generator.network.trainable, () =>
      objectives.generator(generate(feeds.latent!, labels), real),
    )
    generatorTurn.learn(own.gradients)
    return { generatorLoss: own.loss, ...own.reports }
  }

  const penaltyStep: Program = (feeds) => {
    const real = realOf(feeds)
    const fake = generate(feeds.latent!, real.classes)
    const own = withGradients(discriminator.network.trainable, () => objectives.penalty(real, fake))
    discriminatorTurn.learn(own.gradients)
    return own.reports
  }

  const bothStep: Program = (feeds) => {
    const real = realOf(feeds)
    let fake: Samples | undefined
    const ownGenerator = withGradients(generator.network.trainable, () => {
      fake = generate(feeds.latent!, real.classes)
      const { loss: value, reports } = objectives.generator(fake, real)
      return { loss: value, reports: { ...reports, fake: fake.samples as Scalar } }
    })
    const { fake: samples, ...generatorReports } = ownGenerator.reports
    const ownDiscriminator = withGradients(discriminator.network.trainable, () =>
      objectives.discriminator(real, { ...fake!, latent: innerLatent(feeds.latent!), samples: samples! }),
    )
    discriminatorTurn.learn(ownDiscriminator.gradients)
    generatorTurn.learn(ownGenerator.gradients)
    return {
      discriminatorLoss: ownDiscriminator.loss,
      generatorLoss: ownGenerator.loss,
      ...ownDiscriminator.reports,
      ...generatorReports,
    }
  }

  const samplesFeed: Feed = { dtype: 'float32', shape: [batchSize, ...sampleShape], source: { from: 'samples' } }
  const labelsFeed: Feed = { dtype: 'int32', shape: [batchSize], source: { from: 'labels' } }
  const latentFeed: Feed = {
    dtype: 'float32',
    shape: [batchSize, latent.size],
    source: { from: 'random', distribution: latent.distribution },
  }
  const realFeeds = { samples: samplesFeed, ...(classes !== undefined && { labels: labelsFeed }) }
  const allFeeds = { ...realFeeds, latent: latentFeed }
  const phase = (name: string, program: Program, feeds: Phase<Program>['feeds'], every = 1): Phase<Program> => ({
    name,
    every,
    feeds,
    program,
  })
  const phases =
    options.update === 'simultaneous'
      ? [phase('step', bothStep, allFeeds)]
      : [
          phase('discriminator', discriminatorStep, allFeeds),
          phase(
            'generator',
            generatorStep,
            objectives.generatorSeesReal ? allFeeds : { latent: latentFeed },
            options.criticSteps,
          ),
        ]
  if (objectives.penaltyApart) phases.push(phase('penalty', penaltyStep, allFeeds, options.penaltyEvery))
  phases.push(...updatePhases(options.gradientAccumulation, [discriminatorTurn, generatorTurn]))

  const generating = (name: string, network: GeneratorNetwork): ModelFunction<Program> => ({
    name,
    feeds: {
      latent: { dtype: 'float32', shape: ['batch', latent.size] },
      ...(classes !== undefined && { labels: { dtype: 'int32', shape: ['batch'] } }),
    },
    program: (feeds) => ({
      samples: network.generate(
        innerLatent(feeds.latent!),
        classes === undefined ? undefined : asOneHot(feeds.labels!, classes),
        { training: false },
      ),
    }),
  })

  const variables: Record<string, Variable> = {
    ...prefixed('generator', generator.variables),
    ...prefixed('discriminator', discriminator.variables),
    ...prefixed('generatorEma', { ...parts.generatorEma.weights, updates: average.updates }),
    ...prefixed('augmentation', sight.share.slots),
  }
  return {
    name: parts.name,
    latent,
    ...(classes !== undefined && { classes }),
    phases,
    functions: [generating('generateEma', parts.generatorEma), generating('generateRaw', parts.generator)],
    variables,
    dispose: () => {
      for (const part of [generator, discriminator, parts.generatorEma, sight.share, average.updates]) part.dispose()
    },
  }
}

function asOneHot(labels: Tensor, classes: number): Tensor {
  return oneHot(labels as never, classes, 1, 0, 'float32')
}

/** Every class equally often. */
function drawClasses(batchSize: number, classes: number): Tensor {
  return asOneHot(cast(floor(mul(drawUniform('generated_labels', [batchSize]), classes)), 'int32'), classes)
}
