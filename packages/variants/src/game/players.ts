import type { Learner } from '@gantry/core'
import type { Variable } from '@tensorflow/tfjs-core'
import type { Network, Weights } from '../network.ts'
import { type AccumulatedGradients, accumulatedGradients } from '../optimizers/accumulated-gradients.ts'
import { type WeightOptimizer, weightOptimizer } from '../optimizers/optimizer.ts'
import { adam, rmsprop, sgd, type UpdateRule } from '../optimizers/update-rules.ts'
import { type WeightHistory, weightHistory } from '../penalties/weight-penalties.ts'
import type { PlayerOptions } from './player-options.ts'

/** A network with what moves it. */
export interface Player<Moved extends Weights = Network> {
  /** What its state begins with: `generator`, `discriminator`, `encoder`. */
  readonly name: string
  readonly network: Moved
  readonly optimizer: WeightOptimizer
  /** Where gradients are gathered before the network moves. */
  readonly accumulated: AccumulatedGradients | undefined
  /** With historical averaging. */
  readonly history: WeightHistory | undefined
  /** Everything of it that is state, by its full name. */
  readonly variables: Readonly<Record<string, Variable>>
  /** Where observers find its weights and gradients in the state. */
  readonly learner: Learner
  dispose(): void
}

/** What a player is moved by. */
export interface PlayerRequest {
  readonly options: Omit<PlayerOptions, 'emaDecay' | 'emaRampUp'> & { readonly historicalAveraging?: number }
  /** If not that of the options. */
  readonly learningRate?: number | undefined
  /** Whether gradients are gathered even where a single batch is all there is. */
  readonly split?: boolean | undefined
}

function ruleOf({ optimizer, beta1, beta2 }: PlayerRequest['options']): UpdateRule {
  if (optimizer === 'adam') return adam(beta1, beta2)
  return optimizer === 'rmsprop' ? rmsprop(beta2) : sgd
}

function optimizerOf({ trainable }: Weights, { options, learningRate = options.learningRate }: PlayerRequest) {
  const { learningRateSchedule, learningRateDecaySteps, learningRateFinalShare, gradientClipNorm } = options
  return weightOptimizer(trainable, {
    rule: ruleOf(options),
    learningRate,
    ...(learningRateSchedule !== 'constant' && {
      schedule: {
        shape: learningRateSchedule,
        decaySteps: learningRateDecaySteps,
        holdSteps: options.learningRateHoldSteps,
        finalShare: learningRateFinalShare,
      },
    }),
    ...(gradientClipNorm !== undefined && { clipNorm: gradientClipNorm }),
  })
}

/** Puts a network into the game. */
export function player<Moved extends Weights>(name: string, network: Moved, request: PlayerRequest): Player<Moved> {
  const { options, split = false } = request
  const { gradientAccumulation, historicalAveraging = 0 } = options
  const optimizer = optimizerOf(network, request)
  const gathers = split || gradientAccumulation > 1
  const accumulated = gathers ? accumulatedGradients(network.trainable, gradientAccumulation) : undefined
  const history = historicalAveraging > 0 ? weightHistory(network.trainable) : undefined
  return {
    name,
    network,
    optimizer,
    accumulated,
    history,
    variables: prefixed(name, {
      ...network.weights,
      ...prefixed(options.optimizer, optimizer.slots),
      ...(accumulated && prefixed('accumulated', accumulated.slots)),
      ...(history && prefixed('history', history.slots)),
    }),
    learner: learnerOf(name, network, optimizer, options.optimizer),
    dispose: () => {
      network.dispose()
      optimizer.dispose()
      accumulated?.dispose()
      history?.dispose()
    },
  }
}

function learnerOf(player: string, { trainable }: Weights, { gradients }: WeightOptimizer, optimizer: string): Learner {
  const slot = (name: string) => `${player}/${optimizer}/${name}`
  return {
    weights: Object.keys(trainable).map((name) => `${player}/${name}`),
    ...(gradients && {
      gradients: { ...gradients, means: gradients.means.map(slot), updates: slot(gradients.updates) },
    }),
  }
}

/** The learners of players, by the names of these. */
export function learnersOf(players: readonly Pick<Player, 'name' | 'learner'>[]): Record<string, Learner> {
  return Object.fromEntries(players.map(({ name, learner }) => [name, learner]))
}

/** Puts a prefix before every name. */
export function prefixed(prefix: string, variables: Readonly<Record<string, Variable>>): Record<string, Variable> {
  return Object.fromEntries(Object.entries(variables).map(([name, variable]) => [`${prefix}/${name}`, variable]))
}
