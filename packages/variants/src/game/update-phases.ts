import type { Phase, TensorProgram } from '@gantry/core'
import type { Tensor } from '@tensorflow/tfjs-core'
import type { PlayerUpdate } from './player-update.ts'

type GamePhase = Phase<TensorProgram<Tensor>>

/** A phase with the players that learn in it, in their order. */
export interface LearningPhase {
  readonly phase: GamePhase
  readonly updates: readonly PlayerUpdate[]
}

/**
 * The phases of a model, with those in which players move by what they gathered.
 *
 * Where gradients of several batches are gathered, a phase `update` moves all players at the last step of every round. Where they are
 * only gathered so that replicas can average them, each phase has its own update right after it, `generator-update` after
 * `generator`, so that players move in the order in which they would without. Where nothing is gathered there are no updates.
 *
 * @param batches that gradients are averaged over
 */
export function withUpdatePhases(phases: readonly LearningPhase[], batches: number): GamePhase[] {
  const plain = phases.map(({ phase }) => phase)
  if (batches > 1) {
    const updates = [...new Set(phases.flatMap((own) => own.updates))]
    return [...plain, updatePhase('update', updates, { every: batches, offset: batches - 1 })]
  }
  if (phases.every(({ updates }) => updates.every(({ gathered }) => gathered === undefined))) return plain
  return phases.flatMap(({ phase, updates }) => [
    phase,
    updatePhase(`${phase.name}-update`, updates, { every: phase.every }),
  ])
}

function updatePhase(
  name: string,
  updates: readonly PlayerUpdate[],
  times: Pick<GamePhase, 'every' | 'offset'>,
): GamePhase {
  const gathers = updates.flatMap(({ gathered }) => gathered ?? [])
  const program = () => {
    for (const { update } of updates) update()
    return {}
  }
  return { name, ...times, feeds: {}, gathers, program }
}
