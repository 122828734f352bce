import type { Variable } from '@tensorflow/tfjs-core'
import { type AverageKeep, movingAverage } from '../moving-average.ts'
import type { Network } from '../network.ts'
import { type Player, prefixed } from './players.ts'

/** The moving average of a player's weights, with everything that is its own. */
export interface PlayerAverage {
  /** That has the average; the player's own where there is none. */
  readonly network: Network
  /** What the names of the average's weights begin with; undefined where there is none. */
  readonly name: string | undefined
  /** Follows the player, after it has moved. */
  readonly update: (() => void) | undefined
  /** All of it that is state, by its full name. */
  readonly variables: Readonly<Record<string, Variable>>
  dispose(): void
}

/**
 * Averages a player.
 *
 * @param network of the same architecture, whose weights become the average; absent: there is none
 * @param keep how the average follows
 */
export function playerAverage(
  { name: player, network: own }: Pick<Player<Network>, 'name' | 'network'>,
  network: Network | undefined,
  keep: AverageKeep,
  rampUp: boolean,
): PlayerAverage {
  if (network === undefined)
    return { network: own, name: undefined, update: undefined, variables: {}, dispose: () => {} }
  const { updates, update } = movingAverage(own, network, keep, rampUp)
  const name = `${player}Ema`
  return {
    ...{ network, name, update },
    variables: prefixed(name, { ...network.weights, updates }),
    dispose: () => {
      network.dispose()
      updates.dispose()
    },
  }
}
