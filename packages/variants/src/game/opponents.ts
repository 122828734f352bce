import type { Variable } from '@tensorflow/tfjs-core'
import type { AverageKeep } from '../moving-average.ts'
import type { Network } from '../network.ts'
import { discriminatorView } from './discriminator-view.ts'
import type { GameExtension } from './extension.ts'
import type { GameRules } from './game-options.ts'
import { type Objectives, objectivesOf } from './objectives.ts'
import { playerAverage } from './player-average.ts'
import type { PlayerOptions } from './player-options.ts'
import type { PlayerUpdate } from './player-update.ts'
import { type Player, player, prefixed } from './players.ts'
import { playersUpdates } from './players-updates.ts'

export interface OpponentsRequest {
  readonly generator: Network
  /** A second generator of the same architecture; its weights become the moving average. Absent: there is none. */
  readonly generatorEma: Network | undefined
  readonly discriminator: Network
  readonly options: GameRules
  /** Whether the discriminator is given the label of what it judges. */
  readonly discriminatorSeesLabels: boolean
  readonly extension?: GameExtension | undefined
  /** Of the generator's adversarial loss beside its other terms; 1 by default. */
  readonly adversarialWeight?: number | undefined
  /** How the average follows, if not by `emaDecay` and `emaRampUp`. */
  readonly averageKeep?: AverageKeep | undefined
  /** What moves one of the two otherwise than the options say. */
  readonly moves?: { readonly generator?: Partial<PlayerOptions>; readonly discriminator?: Partial<PlayerOptions> }
  readonly split?: boolean | undefined
  /** What all names of their state end with, where a game has several pairs of opponents; nothing by default. */
  readonly suffix?: string
}

/** A generator and a discriminator that learn against each other, with everything that is theirs. */
export interface Opponents {
  readonly generator: Player
  /** The moving average of its weights: the generator itself where there is none. */
  readonly generatorEma: Network
  /** What the names of the average's weights begin with; undefined where there is none. */
  readonly averageName: string | undefined
  readonly discriminator: Player
  readonly objectives: Objectives
  readonly updates: { readonly discriminator: PlayerUpdate; readonly generator: PlayerUpdate }
  /** All of it that is state, by its full name. */
  readonly variables: Readonly<Record<string, Variable>>
  dispose(): void
}

/** Sets two networks against each other by the rules of a game. */
export function opponents(request: OpponentsRequest): Opponents {
  const { options, discriminatorSeesLabels, extension, adversarialWeight, moves, split, suffix = '' } = request
  const generator = player(`generator${suffix}`, request.generator, {
    options: { ...options, ...moves?.generator },
    split,
  })
  const discriminator = player(`discriminator${suffix}`, request.discriminator, {
    options: { ...options, ...moves?.discriminator },
    learningRate: moves?.discriminator?.learningRate ?? options.discriminatorLearningRate,
    split,
  })
  const keep = request.averageKeep ?? options.emaDecay
  const average = playerAverage(generator, request.generatorEma, keep, options.emaRampUp)
  const view = discriminatorView(options, discriminator.optimizer.slots.updates!)
  return {
    generator,
    generatorEma: average.network,
    averageName: average.name,
    discriminator,
    objectives: objectivesOf({
      ...{ generator, discriminator, options, view, discriminatorSeesLabels, extension, adversarialWeight },
    }),
    updates: playersUpdates(generator, discriminator, average.update, options),
    variables: {
      ...generator.variables,
      ...discriminator.variables,
      ...average.variables,
      ...prefixed(`augmentation${suffix}`, view.share.slots),
    },
    dispose: () => {
      for (const part of [generator, discriminator, view.share, average]) part.dispose()
    },
  }
}
