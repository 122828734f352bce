import type { Variable } from '@tensorflow/tfjs-core'
import type { Weights } from '../architectures/architecture.ts'
import { type AccumulatedGradients, accumulatedGradients } from '../optimizers/accumulated-gradients.ts'
import { type WeightOptimizer, weightOptimizer } from '../optimizers/optimizer.ts'
import { adam, rmsprop, sgd, type UpdateRule } from '../optimizers/update-rules.ts'
import { type WeightHistory, weightHistory } from '../penalties/weight-penalties.ts'
import type { GameOptions } from './game-options.ts'

/** A network with what moves it. */
export interface Player<Network extends Weights> {
  readonly network: Network
  readonly optimizer: WeightOptimizer
  /** With gradient accumulation. */
  readonly accumulated: AccumulatedGradients | undefined
  /** With historical averaging. */
  readonly history: WeightHistory | undefined
  /** Everything of it that is state, by name. */
  readonly variables: Readonly<Record<string, Variable>>
  dispose(): void
}

/** The options that a player is moved by. */
export type PlayerOptions = Pick<
  GameOptions,
  | 'optimizer'
  | 'learningRate'
  | 'beta1'
  | 'beta2'
  | 'learningRateSchedule'
  | 'learningRateDecaySteps'
  | 'learningRateFinalShare'
  | 'gradientClipNorm'
  | 'gradientAccumulation'
> &
  Partial<Pick<GameOptions, 'historicalAveraging'>>

function ruleOf({ optimizer, beta1, beta2 }: PlayerOptions): UpdateRule {
  if (optimizer === 'adam') return adam(beta1, beta2)
  return optimizer === 'rmsprop' ? rmsprop(beta2) : sgd
}

/** Puts a network into the game. */
export function player<Network extends Weights>(
  network: Network,
  options: PlayerOptions,
  learningRate = options.learningRate,
): Player<Network> {
  const { learningRateSchedule, learningRateDecaySteps, learningRateFinalShare, gradientClipNorm } = options
  const optimizer = weightOptimizer(network.trainable, {
    rule: ruleOf(options),
    learningRate,
    ...(learningRateSchedule !== 'constant' && {
      schedule: {
        shape: learningRateSchedule,
        decaySteps: learningRateDecaySteps,
        finalShare: learningRateFinalShare,
      },
    }),
    ...(gradientClipNorm !== undefined && { clipNorm: gradientClipNorm }),
  })
  const { gradientAccumulation } = options
  const accumulated =
    gradientAccumulation > 1 ? accumulatedGradients(network.trainable, gradientAccumulation) : undefined
  const history = (options.historicalAveraging ?? 0) > 0 ? weightHistory(network.trainable) : undefined
  return {
    network,
    optimizer,
    accumulated,
    history,
    variables: {
      ...network.weights,
      ...prefixed(options.optimizer, optimizer.slots),
      ...(accumulated && prefixed('accumulated', accumulated.slots)),
      ...(history && prefixed('history', history.slots)),
    },
    dispose: () => {
      network.dispose()
      optimizer.dispose()
      accumulated?.dispose()
      history?.dispose()
    },
  }
}

/** Puts a prefix before every name. */
export function prefixed(prefix: string, variables: Readonly<Record<string, Variable>>): Record<string, Variable> {
  return Object.fromEntries(Object.entries(variables).map(([name, variable]) => [`${prefix}/${name}`, variable]))
}
