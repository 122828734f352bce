import { add, clone, mul, type Tensor, type Variable } from '@tensorflow/tfjs-core'
import { gameOptions } from '../game/game-options.ts'
import { player } from '../game/players.ts'
import { movingAverage } from '../moving-average.ts'
import type { Weights } from '../network.ts'
import { clipByGlobalNorm, clipWeights } from '../optimizers/clipping.ts'
import { type LearningRateSchedule, learningRateShare } from '../optimizers/learning-rate.ts'
import { type Formula, normal, total, variableOf } from './formula.ts'

type Values = readonly number[]

/** What is left of a learning rate after t updates. */
const shares: Readonly<Record<LearningRateSchedule['shape'], (progress: number, final: number) => number>> = {
  constant: () => 1,
  linear: (progress, final) => 1 + progress * (final - 1),
  cosine: (progress, final) => final + ((1 - final) * (1 + Math.cos(Math.PI * progress))) / 2,
  exponential: (progress, final) => final ** progress,
}

const shapes = ['linear', 'cosine', 'exponential'] as const

const schedules: readonly Formula[] = shapes.map((shape) => {
  const updates = [0, 1, 4, 7, 9, 10, 25]
  const schedule = { shape, decaySteps: 10, finalShare: 0.05 }
  return {
    name: `${shape} schedule`,
    feeds: { updates: { shape: [updates.length], values: updates } },
    program: (feeds) => ({ share: learningRateShare(schedule, feeds.updates!) }),
    expected: () => ({ share: updates.map((update) => shares[shape](Math.min(update / 10, 1), 0.05)) }),
  }
})

type PlayerChoice = Partial<ReturnType<typeof gameOptions.parse>>

interface Moments {
  mean: number
  squares: number
}

/** One number's step, as the papers have it; `update` counts from 1. */
function stepOf(
  { optimizer, beta1, beta2 }: ReturnType<typeof gameOptions.parse>,
  rate: number,
  gradient: number,
  moments: Moments,
  update: number,
): number {
  const epsilon = 1e-7
  if (optimizer === 'sgd') return rate * gradient
  moments.mean = beta1 * moments.mean + (1 - beta1) * gradient
  moments.squares = beta2 * moments.squares + (1 - beta2) * gradient ** 2
  if (optimizer === 'rmsprop') return (rate * gradient) / Math.sqrt(moments.squares + epsilon)
  const [mean, squares] = [moments.mean / (1 - beta1 ** update), moments.squares / (1 - beta2 ** update)]
  return (rate * mean) / (Math.sqrt(squares) + epsilon)
}

/** A player with two weights whose gradients are 0.7·w + c, moved by what its options say. */
function optimization(name: string, choice: PlayerChoice, playersRate?: number): Formula {
  const options = gameOptions.parse({ learningRate: 0.1, ...choice })
  const starts = { kernel: normal('kernel', 2, 3), bias: normal('bias', 3) }
  const offsets = { kernel: 0.3, bias: -0.6 }
  const weights = { kernel: variableOf(starts.kernel), bias: variableOf(starts.bias) }
  const network: Weights = { weights, trainable: weights, dispose: () => {} }
  const { optimizer } = player('player', network, { options, learningRate: playersRate })
  const rate = playersRate ?? options.learningRate
  const follow = (steps: number) => {
    const own = { kernel: [...starts.kernel.values], bias: [...starts.bias.values] }
    const moments = { kernel: own.kernel.map(() => empty()), bias: own.bias.map(() => empty()) }
    for (let update = 1; update <= steps; update++) {
      const gradients = {
        kernel: own.kernel.map((value) => 0.7 * value + offsets.kernel),
        bias: own.bias.map((value) => 0.7 * value + offsets.bias),
      }
      const norm = Math.sqrt(total([...gradients.kernel, ...gradients.bias].map((value) => value ** 2)))
      const scale = options.gradientClipNorm === undefined ? 1 : Math.min(1, options.gradientClipNorm / norm)
      const progress = Math.min((update - 1) / options.learningRateDecaySteps, 1)
      const left = shares[options.learningRateSchedule](progress, options.learningRateFinalShare)
      for (const key of ['kernel', 'bias'] as const) {
        for (const [index, gradient] of gradients[key].entries()) {
          own[key][index]! -= stepOf(options, rate * left, gradient * scale, moments[key][index]!, update)
        }
      }
    }
    return own
  }
  return {
    name,
    runs: 5,
    state: { ...weights, ...optimizer.slots },
    program: () => {
      const gradients = {
        [weights.kernel.name]: add(mul(weights.kernel, 0.7), offsets.kernel),
        [weights.bias.name]: add(mul(weights.bias, 0.7), offsets.bias),
      }
      optimizer.apply(gradients)
      return { kernel: clone(weights.kernel), bias: clone(weights.bias) }
    },
    expected: (run) => follow(run + 1),
  }
}

const empty = (): Moments => ({ mean: 0, squares: 0 })

const optimizers = ['sgd', 'rmsprop', 'adam'] as const

/** g·min(1, c/‖g‖), the norm being that of both gradients together. */
function normClipping(limit: number): Formula {
  const feeds = { kernel: normal('kernel', 2, 3), bias: normal('bias', 4) }
  const norm = Math.sqrt(total([...feeds.kernel.values, ...feeds.bias.values].map((value) => value ** 2)))
  const scaled = (values: Values) => values.map((value) => value * Math.min(1, limit / norm))
  return {
    name: `gradients of norm ${norm.toFixed(1)} clipped to ${limit}`,
    feeds,
    program: (own) => {
      const [kernel, bias] = clipByGlobalNorm([own.kernel!, own.bias!], limit)
      return { kernel: kernel!, bias: bias! }
    },
    expected: () => ({ kernel: scaled(feeds.kernel.values), bias: scaled(feeds.bias.values) }),
  }
}

function weightClipping(): Formula {
  const start = { shape: [2, 3], values: [-2, -0.5, -0.25, 0.25, 0.5, 2] }
  const kernel = variableOf(start)
  return {
    name: 'weights clipped to 0.5',
    state: { kernel },
    program: () => {
      clipWeights({ kernel }, 0.5)
      return { kernel: clone(kernel) }
    },
    expected: () => ({ kernel: start.values.map((value) => Math.min(0.5, Math.max(-0.5, value))) }),
  }
}

/** A weight that moves to 0.9·w + 0.2, and a running statistic that is halved. */
function averaging(decay: number, rampUp: boolean): Formula {
  const [start, statistic] = [normal('kernel', 2, 2), normal('statistic', 3)]
  const make = (): Weights & { readonly all: Readonly<Record<'kernel' | 'statistic', Variable>> } => {
    const [kernel, own] = [variableOf(start), variableOf(statistic)]
    const all = { kernel, statistic: own }
    return { all, weights: all, trainable: { kernel }, dispose: () => {} }
  }
  const [source, average] = [make(), make()]
  const follower = movingAverage(source, average, decay, rampUp)
  const follow = (value: number, runs: number) => {
    let [own, mean] = [value, value]
    for (let update = 0; update < runs; update++) {
      own = 0.9 * own + 0.2
      const keep = rampUp ? Math.min(decay, (1 + update) / (10 + update)) : decay
      mean = keep * mean + (1 - keep) * own
    }
    return mean
  }
  return {
    name: `moving average with decay ${decay}, ${rampUp ? 'with' : 'without'} ramp-up`,
    runs: 8,
    state: {
      kernel: source.all.kernel,
      statistic: source.all.statistic,
      'average/kernel': average.all.kernel,
      'average/statistic': average.all.statistic,
      updates: follower.updates,
    },
    program: (): Record<string, Tensor> => {
      source.all.kernel.assign(add(mul(source.all.kernel, 0.9), 0.2))
      source.all.statistic.assign(mul(source.all.statistic, 0.5))
      follower.update()
      return { kernel: clone(average.all.kernel), statistic: clone(average.all.statistic) }
    },
    expected: (run) => ({
      kernel: start.values.map((value) => follow(value, run + 1)),
      statistic: statistic.values.map((value) => value / 2 ** (run + 1)),
    }),
  }
}

/** How weights move, and what follows them. */
export const movementFormulas: readonly Formula[] = [
  ...schedules,
  ...optimizers.map((optimizer) => optimization(optimizer, { optimizer })),
  ...shapes.map((learningRateSchedule) =>
    optimization(`adam with a ${learningRateSchedule} schedule`, {
      learningRateSchedule,
      learningRateDecaySteps: 3,
      learningRateFinalShare: 0.1,
    }),
  ),
  optimization('sgd with clipped gradients', { optimizer: 'sgd', gradientClipNorm: 0.8 }),
  optimization('two time scales: a player with a step size of its own', { optimizer: 'adam' }, 0.02),
  normClipping(1),
  normClipping(100),
  weightClipping(),
  averaging(0.3, true),
  averaging(0.999, true),
  averaging(0.9, false),
]
