import { existsSync } from 'node:fs'
import type { RunEvent, RunEventOf } from '@gantry/core'
import { readEvents } from './event-log.ts'
import type { RunFolder } from './run-folder.ts'

/** What a run has told so far. */
export interface RunHistory {
  readonly steps: readonly RunEventOf<'step'>[]
  readonly scores: readonly RunEventOf<'score'>[]
  readonly samples: readonly RunEventOf<'sample'>[]
  readonly health: readonly RunEventOf<'health'>[]
  /** Those that hold, and those that held once: the newest of each kind. */
  readonly verdicts: readonly RunEventOf<'verdict'>[]
  readonly rollbacks: readonly RunEventOf<'rollback'>[]
  readonly warnings: readonly RunEventOf<'warning'>[]
  readonly start: RunEventOf<'start'> | undefined
  /** `unfinished`: it still goes on, or was killed. */
  readonly outcome: RunEventOf<'end'>['outcome'] | 'unfinished'
  /** Seconds of training in all its attempts. */
  readonly seconds: number
}

/**
 * What a run has told so far, whether or not it still goes on.
 *
 * @throws StorageError
 *
 * @example
 * ```ts
 * const { outcome, steps } = await readHistory(await RunFolder.open('runs/mine'))
 * console.log(outcome, steps.at(-1)?.scalars)
 * ```
 */
export async function readHistory(run: RunFolder): Promise<RunHistory> {
  const events = existsSync(run.eventsPath) ? await readEvents(run.eventsPath) : []
  const of = <Type extends RunEvent['type']>(type: Type) =>
    events.filter((event): event is RunEventOf<Type> => event.type === type)
  const end = events.findLast(({ type }) => type === 'end' || type === 'start')
  return {
    steps: of('step'),
    scores: of('score'),
    samples: of('sample'),
    health: of('health'),
    verdicts: [...new Map(of('verdict').map((event) => [event.verdict, event])).values()],
    rollbacks: of('rollback'),
    warnings: of('warning'),
    start: of('start').at(-1),
    outcome: end?.type === 'end' ? end.outcome : 'unfinished',
    seconds: secondsOf(events),
  }
}

/** Each attempt counts from 0. */
function secondsOf(events: readonly RunEvent[]): number {
  let [before, now] = [0, 0]
  for (const event of events) {
    if (event.type === 'start') [before, now] = [before + now, 0]
    if (event.type === 'step') now = event.secondsElapsed
  }
  return before + now
}
