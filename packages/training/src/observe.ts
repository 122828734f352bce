import { GantryError, type RunEvent } from '@gantry/core'
import type { Moment, Observer, Report } from './observer.ts'
import type { RunRecord } from './run-record.ts'

type Emit = (event: RunEvent) => Promise<void>

/** Whether something that is done every so many steps is due at this one: always at the last. */
export function isDue(every: number, step: number, steps: number): boolean {
  return step % every === 0 || step === steps
}

/**
 * Lets an observer look. What goes wrong in it is a warning of the run: side work does not end the main job.
 *
 * @returns the rest of its work, which does not need the engine
 */
export async function observe(
  observer: Observer,
  moment: Moment,
  record: RunRecord,
  emit: Emit,
): Promise<() => Promise<void>> {
  const warn = async (error: unknown) => {
    const message = GantryError.isInstance(error) ? error.message : String(error)
    await emit({ type: 'warning', step: moment.step, message: `The observer '${observer.name}' failed: ${message}` })
  }
  let report: Report | undefined
  try {
    report = await observer.look(moment)
  } catch (error) {
    return () => warn(error)
  }
  return async () => {
    let events: readonly RunEvent[] = []
    try {
      events = (await report?.(record)) ?? []
    } catch (error) {
      await warn(error)
    }
    for (const event of events) await emit(event)
  }
}
