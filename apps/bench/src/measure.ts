import { EngineFailure, EngineProcess } from './engine-process.ts'
import type { EngineEntry } from './engines.ts'

/** Times of one engine. */
export interface Measurement {
  readonly version: string
  /** One number a timed step; for engines timed at two small batches, one extrapolated number a round. */
  readonly milliseconds: readonly number[]
  readonly peakMemoryMb: number
  /** Losses of the second step at each batch size: all engines start alike, so these agree. */
  readonly losses: Readonly<Record<number, readonly number[]>>
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
  /** The batch size that slow engines are extrapolated to. */
  readonly batchSize: number
  readonly onProgress: (message: string) => void
}

/** An engine that is being timed. */
interface Contender {
  readonly entry: EngineEntry
  readonly process: EngineProcess
  readonly losses: Record<number, readonly number[]>
  readonly milliseconds: number[]
  peakMemoryMb: number
  slow: boolean
}

/** A step this long is timed once: more would not change the conclusion. */
const SLOW_MS = 5000

/** Warms an engine up by two steps of each batch size, so that its first round counts. */
async function enter(entry: EngineEntry, options: MeasureOptions): Promise<Contender | Outcome> {
  const place = entry.locate(options.threads)
  if ('missing' in place) return { status: 'skipped', reason: place.missing }
  options.onProgress(`${entry.name}: starting`)
  let process: EngineProcess | undefined
  try {
    process = await EngineProcess.start(place.command, options.timeLimitMs)
    const contender: Contender = { entry, process, losses: {}, milliseconds: [], peakMemoryMb: 0, slow: false }
    for (const batchSize of entry.batchSizes) {
      await process.time(1, batchSize)
      const { milliseconds, losses } = await process.time(1, batchSize)
      contender.losses[batchSize] = losses
      contender.slow ||= milliseconds[0]! > SLOW_MS
    }
    return contender
  } catch (error) {
    if (!(error instanceof EngineFailure)) throw error
    process?.stop()
    return { status: 'failed', reason: error.message, ...(process && { version: process.version }) }
  }
}

/** The time at `batchSize` on the line through the times at two smaller ones. */
export function extrapolate([small, large]: readonly [number, number], times: readonly number[], batchSize: number) {
  const perSample = (times[1]! - times[0]!) / (large - small)
  return times[1]! + perSample * (batchSize - large)
}

/** One round of one engine. */
async function timeRound(contender: Contender, options: MeasureOptions): Promise<void> {
  const { entry, process, slow } = contender
  const times: number[][] = []
  for (const batchSize of entry.batchSizes) {
    const { milliseconds, peakMemoryMb } = await process.time(slow ? 1 : options.stepsPerRound, batchSize)
    times.push([...milliseconds])
    contender.peakMemoryMb = Math.max(contender.peakMemoryMb, peakMemoryMb)
  }
  if (entry.batchSizes.length === 1) contender.milliseconds.push(...times[0]!)
  else contender.milliseconds.push(extrapolate(entry.batchSizes, times.map(median), options.batchSize))
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
    } else contenders.push(entered)
  }
  for (let round = 0; round < options.rounds; round++) {
    for (const contender of contenders) {
      const { entry, process } = contender
      if (outcomes.has(entry.name) || (contender.slow && round > 0)) continue
      try {
        await timeRound(contender, options)
      } catch (error) {
        if (!(error instanceof EngineFailure)) throw error
        outcomes.set(entry.name, { status: 'failed', reason: error.message, version: process.version })
      }
      options.onProgress(`round ${round + 1}/${options.rounds}: ${entry.name} ${median(contender.milliseconds).toFixed(0)} ms`)
    }
  }
  for (const { entry, process, milliseconds, peakMemoryMb, losses } of contenders) {
    process.stop()
    if (outcomes.has(entry.name)) continue
    const notes = [
      process.note,
      entry.batchSizes.length === 2 &&
        `extrapolated to batch ${options.batchSize} from batches ${entry.batchSizes.join(' and ')}; memory is that of these`,
    ].filter((note) => typeof note === 'string')
    outcomes.set(entry.name, {
      status: 'measured',
      version: process.version,
      milliseconds,
      peakMemoryMb,
      losses,
      ...(notes.length > 0 && { note: notes.join('; ') }),
    })
  }
  return outcomes
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((left, right) => left - right)
  const middle = Math.floor(sorted.length / 2)
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2
}
