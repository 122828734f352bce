import { z } from 'zod'
import { architectureOptions } from '../architectures/architecture-options.ts'
import { lossOptions } from './loss-options.ts'
import { playerOptions } from './player-options.ts'
import { stabiliserOptions } from './stabiliser-options.ts'
import { updateOptions } from './update-options.ts'

/** How a game between a generator and a discriminator is played, whatever its networks are. */
export const gameRules = z.strictObject({
  ...lossOptions.shape,
  ...updateOptions.shape,
  ...playerOptions.shape,
  ...stabiliserOptions.shape,
})

/** What the game's machinery goes by; how many samples a discriminator sees at a time is a matter of its network. */
export type GameRules = Omit<z.infer<typeof gameRules>, 'packing'>

/** Options of a game that makes samples from noise. Every variant of it has them, with its own defaults. */
export const gameOptions = architectureOptions.extend(gameRules.shape)

export type GameOptions = z.infer<typeof gameOptions>
