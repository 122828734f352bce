/**
 * What the benchmark and its child processes say to each other: one JSON object a line, requests on standard input,
 * replies on standard output. A child first sends {@link Ready}, or {@link Failure} and ends.
 */
export type Request =
  /** Train for so many steps, and time each. */
  { readonly steps: number } | { readonly stop: true }

export interface Ready {
  readonly version: string
  /** What a reader of the times should know about this engine. */
  readonly note?: string
}

export interface Timed {
  readonly milliseconds: readonly number[]
  /** Losses of the last step. */
  readonly losses: readonly number[]
  /** Largest resident size of the process so far. */
  readonly peakMemoryMb: number
}

interface Failure {
  readonly error: string
}

export type Reply = Ready | Timed | Failure
