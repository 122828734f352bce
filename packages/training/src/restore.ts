import { ModelFormatError, type RunEvent, type State } from '@gantry/core'
import { carriedState } from './carry-state.ts'
import type { StoredCheckpoint } from './checkpoint.ts'
import { keptState } from './kept-state.ts'
import type { RunRecord } from './run-record.ts'
import { withoutFrozen } from './save.ts'
import { type OpenedStage, type Stage, type StageSpan, storedName } from './stages.ts'

type Emit = (event: RunEvent) => Promise<void>

/**
 * The run's newest checkpoint that can be read. Damaged ones are told of in warnings.
 *
 * @returns undefined for a run without checkpoints
 * @throws ModelFormatError `CHECKPOINTS_DAMAGED`
 */
export async function newestCheckpoint(record: RunRecord, emit: Emit): Promise<StoredCheckpoint | undefined> {
  const { checkpoint, damaged } = await record.newest()
  if (checkpoint === undefined) return undefined
  const { step } = checkpoint.position
  for (const { path, message } of damaged) {
    await emit({ type: 'warning', step, message: `${message} It is now ${path}; the run goes on from step ${step}.` })
  }
  return checkpoint
}

/**
 * Brings a stage to where a checkpoint left it. The checkpoint of the border to the stage before is carried over once more, which
 * gives the same bits.
 *
 * @throws ModelFormatError `STATE_MISMATCH` when the model is another, `STAGE_MISMATCH` when the run has other stages,
 * `FROZEN_MISMATCH` when its frozen networks are others
 */
export async function restoreStage(
  { model, session }: OpenedStage,
  span: StageSpan,
  checkpoint: StoredCheckpoint,
): Promise<void> {
  const { stage, first, before } = span
  if (checkpoint.stage !== storedName(span)) {
    const atBorder = before !== undefined && checkpoint.stage === before && checkpoint.position.step === first
    if (!atBorder) throw otherStage(checkpoint, span)
    return carryInto({ model, session }, stage, checkpoint.state)
  }
  checkFrozen(checkpoint, model.frozen ?? {})
  const frozen = Object.keys(model.frozen ?? {})
  const fixed = frozen.length === 0 ? {} : await session.readState(frozen)
  try {
    await session.writeState({ ...keptState(checkpoint, model.parts), ...fixed })
  } catch (error) {
    throw checkpoint.stage === undefined ? error : inStage(checkpoint.stage, error)
  }
}

/** Gives a stage what it takes over from the one before. Its frozen weights are those that it was built with. */
export async function carryInto({ model, session }: OpenedStage, stage: Stage, before: State): Promise<void> {
  const fresh = withoutFrozen(model, await session.readState())
  const carried = carriedState(fresh, before, (name) => stage.startsAnew?.(name) ?? false)
  await session.writeState(carried, { partly: true })
}

/** @throws ModelFormatError `FROZEN_MISMATCH` where a model has other frozen weights than a checkpoint was written beside */
export function checkFrozen({ path, frozen = {} }: StoredCheckpoint, own: Readonly<Record<string, string>>): void {
  for (const name of new Set([...Object.keys(frozen), ...Object.keys(own)])) {
    if (frozen[name] === own[name]) continue
    throw new ModelFormatError({
      code: 'FROZEN_MISMATCH',
      message: `${path} was written beside the frozen weights '${name}' of hash ${frozen[name] ?? 'none'}, but the model has ${own[name] ?? 'none'}.`,
      fix: 'Use the same pretrained weights as before.',
    })
  }
}

function otherStage({ path, stage, position }: StoredCheckpoint, span: StageSpan): ModelFormatError {
  const named = (name: string | undefined) => (name === undefined ? 'a model of one stage' : `the stage '${name}'`)
  return new ModelFormatError({
    code: 'STAGE_MISMATCH',
    message: `${path} is of ${named(stage)}, but step ${position.step} belongs to ${named(storedName(span))}.`,
    fix: 'Resume with the options that the run was started with.',
  })
}

/** The same error, with the stage whose state it is about. */
function inStage(stage: string, error: unknown): unknown {
  if (!(error instanceof ModelFormatError)) return error
  return new ModelFormatError({ code: error.code, message: `Stage '${stage}': ${error.message}`, cause: error })
}
