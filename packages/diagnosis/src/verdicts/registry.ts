import { convergence } from './convergence.ts'
import { discriminatorTooStrong } from './discriminator-too-strong.ts'
import { discriminatorTooWeak } from './discriminator-too-weak.ts'
import { divergence } from './divergence.ts'
import { memorisation } from './memorisation.ts'
import { modeCollapse } from './mode-collapse.ts'
import { oscillation } from './oscillation.ts'
import { vanishingGradient } from './vanishing-gradient.ts'
import type { VerdictRule } from './verdict-rule.ts'

/** Every verdict: what goes wrong, and `convergence`. */
export const verdictRules: readonly VerdictRule[] = [
  ...[divergence, vanishingGradient, discriminatorTooStrong, discriminatorTooWeak],
  ...[oscillation, modeCollapse, memorisation, convergence],
]
