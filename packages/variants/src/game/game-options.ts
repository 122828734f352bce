import type { z } from 'zod'
import { architectureOptions } from '../architectures/architecture-options.ts'
import { lossOptions } from './loss-options.ts'
import { playerOptions } from './player-options.ts'
import { stabiliserOptions } from './stabiliser-options.ts'
import { updateOptions } from './update-options.ts'

/** Options of a game between a generator and a discriminator. Every variant has them, with its own defaults. */
export const gameOptions = architectureOptions.extend({
  ...lossOptions.shape,
  ...updateOptions.shape,
  ...playerOptions.shape,
  ...stabiliserOptions.shape,
})

export type GameOptions = z.infer<typeof gameOptions>
