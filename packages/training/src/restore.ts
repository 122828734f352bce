import type { RunEvent, TrainingSession } from '@gantry/core'
import type { StoredCheckpoint } from './checkpoint-store.ts'
import type { RunFolder } from './run-folder.ts'

/**
 * Brings a session to where the run's newest checkpoint left it. A damaged file is set aside with a warning, and the one
 * before it is taken.
 *
 * @returns undefined for a run without checkpoints
 * @throws ModelFormatError `CHECKPOINTS_DAMAGED`, or `STATE_MISMATCH` when the run's model is another
 */
export async function restore(
  run: RunFolder,
  session: TrainingSession,
  emit: (event: RunEvent) => Promise<void>,
): Promise<StoredCheckpoint | undefined> {
  const damaged: { readonly path: string; readonly message: string }[] = []
  const checkpoint = await run.checkpoints.newest((path, { message }) => damaged.push({ path, message }))
  if (checkpoint === undefined) return undefined
  for (const { path, message } of damaged) {
    const aside = await run.checkpoints.setAside(path)
    await emit({
      type: 'warning',
      step: checkpoint.position.step,
      message: `${message} It is now ${aside}; the run goes on from step ${checkpoint.position.step}.`,
    })
  }
  await session.writeState(checkpoint.state)
  return checkpoint
}
