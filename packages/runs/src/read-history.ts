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
  /** What the run suffered from: each time that it did once, by what was told of it last. */
  readonly verdicts: readonly RunEventOf<'verdict'>[]
  readonly rollbacks: readonly RunEventOf<'rollback'>[]
  readonly warnings: readonly RunEventOf<'warning'>[]
  readonly start: RunEventOf<'start'> | undefined
  /** How far it has come: an interrupted run ends between two steps that were told of. */
  readonly step: number
  /** `unfinished`: it still goes on, or was killed. */
  readonly outcome: RunEventOf<'end'>['outcome'] | 'unfinished'
  /** Seconds of training in all its attempts. */
  readonly seconds: number
}

/** What is told where a run stands; samples and looks may be of before. */
const REACHING: readonly RunEvent['type'][] = ['start', 'step', 'checkpoint', 'end']

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
  const reached = events.findLast(({ type }) => REACHING.includes(type))
  return {
    steps: of('step'),
    scores: of('score'),
    samples: of('sample'),
    health: of('health'),
    verdicts: episodesOf(of('verdict')),
    rollbacks: of('rollback'),
    warnings: of('warning'),
    start: of('start').at(-1),
    step: reached?.step ?? 0,
    outcome: end?.type === 'end' ? end.outcome : 'unfinished',
    seconds: secondsOf(events),
  }
}

/** A verdict is told when it begins to hold, perhaps again while it holds, and when it no longer does. */
function episodesOf(told: readonly RunEventOf<'verdict'>[]): RunEventOf<'verdict'>[] {
  const over: RunEventOf<'verdict'>[] = []
  const holding = new Map<string, RunEventOf<'verdict'>>()
  for (const event of told) {
    holding.delete(event.verdict)
    if (event.holds) holding.set(event.verdict, event)
    else over.push(event)
  }
  // A run that was killed comes by some steps again, and may say the same once more.
  const once = new Map(over.map((event) => [`${event.verdict} ${event.since}`, event]))
  return [...once.values(), ...holding.values()]
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
