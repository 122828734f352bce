import { minimax, nonSaturating } from './cross-entropy.ts'
import { hinge } from './hinge.ts'
import { leastSquares } from './least-squares.ts'
import type { LossDefinition } from './loss-definition.ts'
import { wasserstein } from './wasserstein.ts'

/** Every loss, by its name as an option. */
export const losses = {
  'non-saturating': nonSaturating,
  minimax,
  'least-squares': leastSquares,
  wasserstein,
  hinge,
} as const satisfies Readonly<Record<string, LossDefinition>>

export type LossName = keyof typeof losses
