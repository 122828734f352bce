import { clipWeights } from '../optimizers/clipping.ts'
import type { GameRules } from './game-options.ts'
import { type PlayerUpdate, playerUpdate } from './player-update.ts'
import type { Player } from './players.ts'

/** How both players of a game move, with all that follows a move: clipped weights, averages over the weights so far. */
export function playersUpdates(
  generator: Player,
  discriminator: Player,
  average: (() => void) | undefined,
  { weightClip }: Pick<GameRules, 'weightClip'>,
): { readonly discriminator: PlayerUpdate; readonly generator: PlayerUpdate } {
  return {
    discriminator: playerUpdate(discriminator, () => {
      if (weightClip !== undefined) clipWeights(discriminator.network.trainable, weightClip)
      discriminator.history?.update()
    }),
    generator: playerUpdate(generator, () => {
      generator.history?.update()
      average?.()
    }),
  }
}
