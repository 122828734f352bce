import { type State, selectNames } from '@gantry/core'
import type { Checkpoint, TrainingPosition } from './checkpoint.ts'
import { checkStateFinite } from './finite.ts'
import type { RunConfig } from './run-config.ts'
import { type OpenedStage, type StageSpan, storedName } from './stages.ts'
import type { TrainedModel } from './train-options.ts'

/**
 * Reads the state of now; what it resolves to makes the checkpoint of it. The engine answers in order, so it may be given more work
 * at once.
 *
 * @throws TrainingError `STATE_NOT_FINITE`
 */
export function checkpointOf(
  opened: OpenedStage,
  span: StageSpan,
  at: { readonly config: RunConfig; readonly dataset: string; readonly position: TrainingPosition },
): () => Promise<Checkpoint> {
  const reading = stateToKeep(opened)
  reading.catch(() => {})
  const { config, dataset, position } = at
  const { frozen, parts } = opened.model
  const stage = storedName(span)
  return async () => {
    const state = await reading
    checkStateFinite(state, position.step)
    const { variant, seed } = config
    return {
      variant,
      dataset,
      seed,
      position,
      ...(stage !== undefined && { stage }),
      state,
      ...(frozen && { frozen }),
      ...(parts && { parts }),
    }
  }
}

/** The state that a run must not lose: all but what is frozen. */
export async function stateToKeep({ model, session }: OpenedStage): Promise<State> {
  return withoutFrozen(model, await session.readState())
}

export function withoutFrozen({ name, frozen = {} }: Pick<TrainedModel, 'name' | 'frozen'>, state: State): State {
  const fixed = new Set(selectNames(`the model '${name}'`, Object.keys(state), Object.keys(frozen)))
  return fixed.size === 0 ? state : Object.fromEntries(Object.entries(state).filter(([each]) => !fixed.has(each)))
}
