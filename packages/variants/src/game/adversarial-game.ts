import type { BoundField } from '@gantry/core'
import { classesOf } from '../bind-fields.ts'
import { discriminatorFunctions } from '../discriminator-functions.ts'
import { batchFeed, latentFeed } from '../feeds.ts'
import type { GanModel } from '../gan-model.ts'
import { generatorFunctions } from '../generator-functions.ts'
import type { Network } from '../network.ts'
import { partOf } from '../parts.ts'
import { checkUpdates } from './check-options.ts'
import type { GameExtension } from './extension.ts'
import type { GameOptions } from './game-options.ts'
import { gamePhases } from './game-phases.ts'
import { opponents } from './opponents.ts'
import { learnersOf } from './players.ts'
import { sampleSource } from './samples.ts'

export interface GameParts {
  readonly name: string
  readonly generator: Network
  /** A second generator of the same architecture; its weights become the moving average. Absent: there is none. */
  readonly generatorEma: Network | undefined
  readonly discriminator: Network
  readonly options: GameOptions
  /** The field that the generator learns to imitate. */
  readonly samples: BoundField
  /** The field of labels, for conditional games. */
  readonly labels?: BoundField | undefined
  readonly batchSize: number
  /** Whether the discriminator is given the label of what it judges, or only the generator is; true by default. */
  readonly discriminatorSeesLabels?: boolean | undefined
  readonly extension?: GameExtension | undefined
  /** Whether every update is a phase of its own, so that replicas can average their gradients before it. */
  readonly split?: boolean | undefined
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
 * step of every round of batches. With `split` they gather, too, and each is followed by a phase that moves its players:
 * `discriminator-update`, `generator-update`.
 *
 * @throws ConfigurationError `OPTIONS_CONFLICT` for options that do not agree when each player moves
 */
export function adversarialGame(parts: GameParts): GanModel {
  const { name, options, samples, labels, batchSize, extension } = parts
  checkUpdates(name, options)
  const classes = labels && classesOf(labels)
  const { discriminatorSeesLabels = true } = parts
  const own = opponents({ ...parts, discriminatorSeesLabels })
  const { generator, discriminator } = own
  const source = sampleSource(parts.generator, batchSize, classes, extension)
  const real = { samples: batchFeed(samples, batchSize), ...(labels && { labels: batchFeed(labels, batchSize) }) }
  const latent = latentFeed(options.latentSize, batchSize)
  const feeds = { all: { ...real, latent }, generator: { latent } }
  return {
    name,
    phases: gamePhases({ ...own, source }, options, feeds),
    functions: [
      ...generatorFunctions(own.generatorEma, parts.generator, {
        latentSize: options.latentSize,
        samples,
        labels,
        latent: (noise) => source.latent({ latent: noise })!,
      }),
      ...discriminatorFunctions(parts.discriminator, { samples, labels: discriminatorSeesLabels ? labels : undefined }),
    ],
    shown: ['generate'],
    variables: own.variables,
    parts: { generator: partOf(generator, own.averageName), discriminator: partOf(discriminator) },
    learners: learnersOf([generator, discriminator]),
    dispose: own.dispose,
  }
}
