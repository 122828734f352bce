import type { EngineEntry } from './engines.ts'
import type { Outcome } from './measure.ts'
import { median, rounded } from './statistics.ts'

/** One line of a case. Times are absent for an engine that was skipped or failed. */
export interface Result {
  readonly engine: string
  readonly version?: string
  readonly medianMs?: number
  readonly minMs?: number
  readonly maxMs?: number
  readonly imagesPerSecond?: number
  /** How many times faster than each peer, by its name. */
  readonly speedOver?: Readonly<Record<string, number>>
  readonly shareOfPeak?: number
  readonly peakMemoryMb?: number
  readonly note?: string
  /** Why the engine is not there, or what it cannot do. */
  readonly skipped?: string
  readonly failed?: string
}

interface Scale {
  readonly batchSize: number
  /** Of one step. */
  readonly flops: number
  readonly peakGflops: number | undefined
}

/** The engines that others are compared with. */
export const peersOf = (engines: readonly EngineEntry[]): string[] =>
  engines.filter(({ isPeer }) => isPeer).map(({ name }) => name)

/** Turns outcomes into the lines of a case. */
export function summarize(
  outcomes: ReadonlyMap<string, Outcome>,
  peers: readonly string[],
  { batchSize, flops, peakGflops }: Scale,
): Result[] {
  const peerMs = peers.flatMap((name) => {
    const outcome = outcomes.get(name)
    return outcome?.status === 'measured' ? [[name, median(outcome.milliseconds)] as const] : []
  })
  return [...outcomes].map(([engine, outcome]): Result => {
    const version = outcome.version === undefined ? {} : { version: outcome.version }
    if (outcome.status !== 'measured') return { engine, ...version, [outcome.status]: outcome.reason }
    const medianMs = median(outcome.milliseconds)
    const gflops = flops / medianMs / 1e6
    return {
      engine,
      ...version,
      medianMs: rounded(medianMs, 1),
      minMs: rounded(Math.min(...outcome.milliseconds), 1),
      maxMs: rounded(Math.max(...outcome.milliseconds), 1),
      imagesPerSecond: rounded((batchSize * 1000) / medianMs, 1),
      speedOver: Object.fromEntries(peerMs.map(([name, own]) => [name, rounded(own / medianMs, 3)])),
      ...(peakGflops !== undefined && { shareOfPeak: rounded(gflops / peakGflops, 4) }),
      peakMemoryMb: Math.round(outcome.peakMemoryMb),
      ...(outcome.note !== undefined && { note: outcome.note }),
    }
  })
}
