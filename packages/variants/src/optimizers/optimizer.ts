import type { GradientMemory } from '@gantry/core'
import {
  add,
  mul,
  type NamedTensorMap,
  type Scalar,
  scalar,
  sub,
  tidy,
  type Variable,
  variable,
  zerosLike,
} from '@tensorflow/tfjs-core'
import { clipByGlobalNorm } from './clipping.ts'
import { type LearningRateSchedule, learningRateShare } from './learning-rate.ts'
import type { UpdateRule } from './update-rules.ts'

export interface OptimizerOptions {
  readonly rule: UpdateRule
  readonly learningRate: number
  readonly schedule?: LearningRateSchedule
  /** Largest norm of all gradients together; larger ones are scaled down (Pascanu et al. 2013, algorithm 1). */
  readonly clipNorm?: number
}

/** An optimizer over named weights. Everything that it remembers is a variable, so that it can be recorded and saved. */
export interface WeightOptimizer {
  /** `updates` and the moments of every weight: `conv2d_1/kernel/m`. */
  readonly slots: Readonly<Record<string, Variable>>
  /** What it remembers of the gradients, by the names of its slots; absent where it remembers nothing. */
  readonly gradients?: GradientMemory
  /**
   * Moves the weights.
   *
   * @param gradients by the name of the TF.js variable, as `variableGrads` gives them
   */
  apply(gradients: NamedTensorMap): void
  dispose(): void
}

/**
 * Makes an optimizer with its slots at zero.
 *
 * TF.js's own take the learning rate as a number, which a recorded step would freeze: no schedule could change it.
 */
export function weightOptimizer(
  weights: Readonly<Record<string, Variable>>,
  { rule, learningRate, schedule, clipNorm }: OptimizerOptions,
): WeightOptimizer {
  const updates = tidy(() => variable(scalar(0), false))
  const slots: Record<string, Variable> = { updates }
  const entries = Object.entries(weights).map(([name, weight]) => {
    const moments = rule.moments.map((moment) => {
      const slot = tidy(() => variable(zerosLike(weight), false))
      slots[`${name}/${moment}`] = slot
      return slot
    })
    return { weight, moments }
  })
  return {
    slots,
    ...(rule.remembers && { gradients: memoryOf(rule.remembers, Object.keys(weights)) }),
    apply: (gradients) =>
      tidy(() => {
        const used = entries.filter(({ weight }) => gradients[weight.name] !== undefined)
        const own = used.map(({ weight }) => gradients[weight.name]!)
        const clipped = clipNorm === undefined ? own : clipByGlobalNorm(own, clipNorm)
        const rate = schedule ? mul(learningRateShare(schedule, updates), learningRate) : scalar(learningRate)
        const next = add(updates, 1)
        const step = rule.begin(rate as Scalar, next)
        for (const [index, { weight, moments }] of used.entries()) {
          weight.assign(sub(weight, step(clipped[index]!, moments)))
        }
        updates.assign(next as Scalar)
      }),
    dispose: () => {
      for (const slot of Object.values(slots)) slot.dispose()
    },
  }
}

function memoryOf(
  { moment, power, decay }: NonNullable<UpdateRule['remembers']>,
  weights: readonly string[],
): GradientMemory {
  return { means: weights.map((name) => `${name}/${moment}`), power, decay, updates: 'updates' }
}
