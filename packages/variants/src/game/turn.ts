import type { Phase, TensorProgram } from '@gantry/core'
import type { NamedTensorMap, Tensor } from '@tensorflow/tfjs-core'
import type { Weights } from '../architectures/architecture.ts'
import type { Player } from './players.ts'

/** What a player does with the gradients of its loss. */
export interface Turn {
  /** Moves, or adds them to those of other batches. */
  learn(gradients: NamedTensorMap): void
  /** Moves by the average of what was added. */
  update(): void
}

/** @param moved what else belongs to an update: everything that looks at the new weights */
export function turnOf({ optimizer, accumulated }: Player<Weights>, moved?: () => void): Turn {
  const move = (gradients: NamedTensorMap) => {
    optimizer.apply(gradients)
    moved?.()
  }
  return {
    learn: accumulated ? accumulated.add : move,
    update: () => {
      if (accumulated) move(accumulated.take())
    },
  }
}

/** The phase that ends every round of so many batches: all players move. None where they move at once. */
export function updatePhases(batches: number, turns: readonly Turn[]): Phase<TensorProgram<Tensor>>[] {
  if (batches === 1) return []
  const program = () => {
    for (const turn of turns) turn.update()
    return {}
  }
  return [{ name: 'update', every: batches, offset: batches - 1, feeds: {}, program }]
}
