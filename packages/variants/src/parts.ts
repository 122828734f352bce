import type { Part, PartWeight } from '@gantry/core'
import type { Player } from './game/players.ts'
import type { Network } from './network.ts'

/**
 * A player as a part that another run can start from: its weights by their names within the network.
 *
 * @param average prefix of the names of its moving average
 */
export function partOf(
  { name: player, network, history }: Pick<Player<Network>, 'name' | 'network' | 'history'>,
  average?: string,
): Part {
  const weight = (name: string): PartWeight => {
    const alike = `history/${name}/average`
    return {
      trained: `${player}/${name}`,
      ...(average !== undefined && { average: `${average}/${name}` }),
      // The average of the weights so far: those that another run leaves are the first.
      ...(history && name in network.trainable && { alike: [`${player}/${alike}`] }),
    }
  }
  return Object.fromEntries(Object.keys(network.weights).map((name) => [name, weight(name)]))
}
