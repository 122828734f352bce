import type { Tensor } from '@tensorflow/tfjs-core'

/** Independent draws of this kind: standard normal, or uniform in [0, 1). */
export type NoiseDistribution = 'normal' | 'uniform'

/** Noise that a program asks for. */
export interface NoiseRequest {
  /** Unique within one call of the program. */
  readonly name: string
  readonly shape: readonly number[]
  readonly distribution: NoiseDistribution
}

/** Gives a program its noise, as a float32 tensor of the shape that it asks for. */
export type NoiseSource = (request: NoiseRequest) => Tensor

interface Scope {
  readonly source: NoiseSource
  /** How often each name was drawn. */
  readonly draws: Map<string, number>
}

// Programs are synchronous, so at most one scope is active; scopes inside of it come and go.
let scope: Scope | undefined

/**
 * Calls a program whose noise comes from `source`: a graph input while it is recorded, the run's seeded generator while it
 * runs.
 */
export function withNoise<Result>(source: NoiseSource, program: () => Result): Result {
  const outer = scope
  scope = { source, draws: new Map() }
  try {
    return program()
  } finally {
    scope = outer
  }
}

/** The noise that the active scope gives; undefined where nobody controls noise. */
export function noiseOf({ name, shape, distribution }: NoiseRequest): Tensor | undefined {
  if (scope === undefined) return undefined
  const draw = scope.draws.get(name) ?? 0
  scope.draws.set(name, draw + 1)
  return scope.source({ name: draw === 0 ? name : `${name}_${draw}`, shape, distribution })
}
