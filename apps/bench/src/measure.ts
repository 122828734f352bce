import type { BenchCase } from './cases/cases.ts'
import { meansOfCycles } from './cases/phase-times.ts'
import { EngineFailure, EngineProcess } from './engine-process.ts'
import type { EngineEntry, Way, Work } from './engines.ts'
import type { Timed } from './protocol.ts'
import { median } from './statistics.ts'

/** Times of one engine, done the way that was fastest. */
interface Measurement {
  readonly version: string
  /** Of every timed step, scaled to the full batch. */
  readonly milliseconds: readonly number[]
  readonly peakMemoryMb: number
  /** The batch size that was run. */
  readonly batchSize: number
  /** Losses of the second step: engines start alike, so at one batch size these agree. */
  readonly losses: readonly number[]
  readonly note?: string
}

export type Outcome =
  | ({ readonly status: 'measured' } & Measurement)
  | { readonly status: 'failed' | 'skipped'; readonly version?: string; readonly reason: string }

export interface MeasureOptions {
  readonly rounds: number
  readonly stepsPerRound: number
  /** Time that the timed steps of one engine may take together; slow ones are timed less often. */
  readonly budgetMs: number
  /** For one request to one engine. */
  readonly timeLimitMs: number
  readonly onProgress: (message: string) => void
}

/** One way of one engine that is being timed. */
interface Contender {
  readonly entry: EngineEntry
  readonly way: Way
  readonly process: EngineProcess
  readonly batchSize: number
  readonly losses: readonly number[]
  readonly stepsPerRound: number
  readonly milliseconds: number[]
  peakMemoryMb: number
  spentMs: number
  failure?: string
}

/** An engine whose second step takes this long is timed by that step alone: more would change no conclusion. */
const SLOW_MS = 20_000

/** Starts one way of an engine and warms it up by two steps. */
async function enter(entry: EngineEntry, way: Way, work: Work, options: MeasureOptions): Promise<Contender | Outcome> {
  const { batchSize = work.case.batchSize } = entry
  let process: EngineProcess | undefined
  try {
    process = await EngineProcess.start(way.command, options.timeLimitMs)
    await process.time(1)
    const second = await process.time(1)
    const [stepMs] = second.milliseconds as [number]
    const affordable = Math.floor(options.budgetMs / options.rounds / stepMs / work.cycle)
    const contender: Contender = {
      entry,
      way,
      process,
      batchSize,
      losses: second.losses,
      stepsPerRound: work.cycle * Math.max(1, Math.min(Math.ceil(options.stepsPerRound / work.cycle), affordable)),
      milliseconds: [],
      peakMemoryMb: second.peakMemoryMb,
      spentMs: 0,
    }
    if (stepMs > SLOW_MS || (batchSize < work.case.batchSize && stepMs > SLOW_MS / 4)) {
      addTimes(contender, second, { ...work, cycle: 1 })
      contender.spentMs = Number.POSITIVE_INFINITY
    }
    return contender
  } catch (error) {
    if (!(error instanceof EngineFailure)) throw error
    process?.stop()
    return { status: 'failed', reason: error.message, ...(process && { version: process.version }) }
  }
}

/** Adds times of a step, averages where not all are alike, scaled to the full batch. */
function addTimes(
  contender: Contender,
  { milliseconds, peakMemoryMb }: Timed,
  work: Pick<Work, 'case' | 'cycle'>,
): void {
  const scale = work.case.batchSize / contender.batchSize
  contender.milliseconds.push(...meansOfCycles(milliseconds, work.cycle).map((each) => each * scale))
  contender.spentMs += milliseconds.reduce((sum, each) => sum + each, 0)
  contender.peakMemoryMb = peakMemoryMb
}

/** What became of one way of an engine. */
function outcomeOf({ process, ...contender }: Contender, { batchSize }: BenchCase): Outcome {
  const { version } = process
  if (contender.failure !== undefined) return { status: 'failed', reason: contender.failure, version }
  const notes = [
    process.note,
    contender.way.note,
    contender.batchSize < batchSize &&
      `timed at batch ${contender.batchSize} (and its memory), times ${batchSize / contender.batchSize}`,
  ].filter((note) => typeof note === 'string')
  return {
    status: 'measured',
    version,
    milliseconds: contender.milliseconds,
    peakMemoryMb: contender.peakMemoryMb,
    batchSize: contender.batchSize,
    losses: contender.losses,
    ...(notes.length > 0 && { note: notes.join('; ') }),
  }
}

/** The way whose median is smallest; a failure only where every way failed. */
export function fastest(outcomes: readonly Outcome[]): Outcome {
  const measured = outcomes
    .filter((outcome) => outcome.status === 'measured')
    .sort((left, right) => median(left.milliseconds) - median(right.milliseconds))
  const [best, ...others] = measured
  if (best === undefined) return outcomes[0]!
  if (others.length === 0) return best
  const slower = others.map(({ milliseconds }) => `${median(milliseconds).toFixed(0)} ms`)
  return { ...best, note: `${best.note ?? ''} (the other way: ${slower.join(', ')})`.trim() }
}

/**
 * Times engines against each other in interleaved rounds (A B C A B C …), so that a machine that is busy for a while
 * slows all of them and not one.
 */
export async function measure(
  engines: readonly EngineEntry[],
  work: Work,
  options: MeasureOptions,
): Promise<Map<string, Outcome>> {
  const outcomes = new Map<string, Outcome[]>(engines.map(({ name }) => [name, []]))
  const contenders: Contender[] = []
  for (const entry of engines) {
    const place = entry.locate(work)
    if ('missing' in place) {
      outcomes.get(entry.name)!.push({ status: 'skipped', reason: place.missing })
      options.onProgress(`${work.case.name}, ${entry.name}: skipped, ${place.missing}`)
      continue
    }
    for (const way of place.ways) {
      options.onProgress(`${work.case.name}, ${entry.name}: starting`)
      const entered = await enter(entry, way, work, options)
      if ('process' in entered) contenders.push(entered)
      else {
        outcomes.get(entry.name)!.push(entered)
        if (entered.status === 'failed') options.onProgress(`${entry.name}: failed, ${entered.reason}`)
      }
    }
  }
  for (let round = 0; round < options.rounds; round++) {
    for (const contender of contenders) {
      if (contender.failure !== undefined || contender.spentMs >= options.budgetMs) continue
      try {
        addTimes(contender, await contender.process.time(contender.stepsPerRound), work)
        const time = median(contender.milliseconds).toFixed(0)
        options.onProgress(
          `${work.case.name}, round ${round + 1}/${options.rounds}: ${contender.entry.name} ${time} ms`,
        )
      } catch (error) {
        if (!(error instanceof EngineFailure)) throw error
        contender.failure = error.message
        options.onProgress(`${contender.entry.name}: failed, ${error.message}`)
      }
    }
  }
  for (const contender of contenders) {
    contender.process.stop()
    outcomes.get(contender.entry.name)!.push(outcomeOf(contender, work.case))
  }
  return new Map([...outcomes].map(([name, ways]) => [name, fastest(ways)]))
}
