import { EngineFailure, EngineProcess } from './engine-process.ts'
import type { EngineEntry } from './engines.ts'
import type { Timed } from './protocol.ts'

/** Times of one engine. */
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
  readonly engines: readonly EngineEntry[]
  readonly threads: number
  readonly rounds: number
  readonly stepsPerRound: number
  /** For one request to one engine. */
  readonly timeLimitMs: number
  /** The full batch, which the times of smaller ones are scaled to. */
  readonly batchSize: number
  readonly onProgress: (message: string) => void
}

/** An engine that is being timed. */
interface Contender {
  readonly entry: EngineEntry
  readonly process: EngineProcess
  losses: readonly number[]
  readonly milliseconds: number[]
  peakMemoryMb: number
  done: boolean
}

/** An engine whose small batch takes this long is timed once, at its second step: more would change no conclusion. */
const SLOW_MS = 5000

/** Starts an engine and warms it up by two steps. */
async function enter(entry: EngineEntry, options: MeasureOptions): Promise<Contender | Outcome> {
  const place = entry.locate(options.threads)
  if ('missing' in place) return { status: 'skipped', reason: place.missing }
  options.onProgress(`${entry.name}: starting`)
  let process: EngineProcess | undefined
  try {
    process = await EngineProcess.start(place.command, options.timeLimitMs)
    const contender: Contender = { entry, process, losses: [], milliseconds: [], peakMemoryMb: 0, done: false }
    await process.time(1, entry.batchSize)
    const second = await process.time(1, entry.batchSize)
    contender.losses = second.losses
    if (entry.batchSize < options.batchSize && second.milliseconds[0]! > SLOW_MS) {
      addTimes(contender, second, options.batchSize)
      contender.done = true
    }
    return contender
  } catch (error) {
    if (!(error instanceof EngineFailure)) throw error
    process?.stop()
    return { status: 'failed', reason: error.message, ...(process && { version: process.version }) }
  }
}

/** Adds times, scaled to the full batch. */
function addTimes(contender: Contender, { milliseconds, peakMemoryMb }: Timed, batchSize: number): void {
  const scale = batchSize / contender.entry.batchSize
  contender.milliseconds.push(...milliseconds.map((each) => each * scale))
  contender.peakMemoryMb = peakMemoryMb
}

/**
 * Times engines against each other in interleaved rounds (A B C A B C …), so that a machine that is busy for a while
 * slows all of them and not one.
 */
export async function measure(options: MeasureOptions): Promise<Map<string, Outcome>> {
  const outcomes = new Map<string, Outcome>()
  const contenders: Contender[] = []
  for (const entry of options.engines) {
    const entered = await enter(entry, options)
    if ('status' in entered) {
      outcomes.set(entry.name, entered)
      options.onProgress(`${entry.name}: ${entered.status}${'reason' in entered ? `, ${entered.reason}` : ''}`)
    } else {
      contenders.push(entered)
      if (entered.done) options.onProgress(`${entry.name}: ${median(entered.milliseconds).toFixed(0)} ms, timed once`)
    }
  }
  for (let round = 0; round < options.rounds; round++) {
    for (const contender of contenders) {
      const { entry, process } = contender
      if (outcomes.has(entry.name) || contender.done) continue
      try {
        addTimes(contender, await process.time(options.stepsPerRound, entry.batchSize), options.batchSize)
        const time = median(contender.milliseconds).toFixed(0)
        options.onProgress(`round ${round + 1}/${options.rounds}: ${entry.name} ${time} ms`)
      } catch (error) {
        if (!(error instanceof EngineFailure)) throw error
        outcomes.set(entry.name, { status: 'failed', reason: error.message, version: process.version })
        options.onProgress(`${entry.name}: failed, ${error.message}`)
      }
    }
  }
  for (const { entry, process, milliseconds, peakMemoryMb, losses } of contenders) {
    process.stop()
    if (outcomes.has(entry.name)) continue
    const notes = [
      process.note,
      entry.batchSize < options.batchSize &&
        `timed at batch ${entry.batchSize} (and its memory), times ${options.batchSize / entry.batchSize}`,
    ].filter((note) => typeof note === 'string')
    outcomes.set(entry.name, {
      status: 'measured',
      version: process.version,
      milliseconds,
      peakMemoryMb,
      batchSize: entry.batchSize,
      losses,
      ...(notes.length > 0 && { note: notes.join('; ') }),
    })
  }
  // In the order that was asked for.
  return new Map(options.engines.map(({ name }) => [name, outcomes.get(name)!]))
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((left, right) => left - right)
  const middle = Math.floor(sorted.length / 2)
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2
}
