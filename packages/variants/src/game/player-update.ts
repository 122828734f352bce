import type { NamedTensorMap } from '@tensorflow/tfjs-core'
import type { Weights } from '../network.ts'
import type { Player } from './players.ts'

/** What a player does with the gradients of its loss. */
export interface PlayerUpdate {
  /** Where its gathered gradients lie in the state, with a slash at the end; undefined where it moves at once. */
  readonly gathered: string | undefined
  /** Moves, or adds the gradients to those of other batches. */
  learn(gradients: NamedTensorMap): void
  /** Moves by the average of what was added. */
  update(): void
}

/** @param moved what else belongs to an update: everything that looks at the new weights */
export function playerUpdate(
  { name, optimizer, accumulated }: Pick<Player<Weights>, 'name' | 'optimizer' | 'accumulated'>,
  moved?: () => void,
): PlayerUpdate {
  const move = (gradients: NamedTensorMap) => {
    optimizer.apply(gradients)
    moved?.()
  }
  return {
    gathered: accumulated && `${name}/accumulated/`,
    learn: accumulated ? accumulated.add : move,
    update: () => {
      if (accumulated) move(accumulated.take())
    },
  }
}
