import type { ExtractionProtocol } from './extractor.ts'

/** Under which rules a score was computed. Scores are comparable only where all of this is equal. */
export interface ScoreProtocol extends ExtractionProtocol {
  readonly metric: string
  /** The reference whose numbers these are: `torch-fidelity`, `prdc`, `pytorch-fid` … */
  readonly convention: string
  readonly realCount: number
  readonly generatedCount: number
  /** What the real samples are, and which part of them: `mnist/train`. */
  readonly real: string
  readonly seed: number
  /** Version of @gantry/metrics. */
  readonly version: string
}

/** One number of a metric. */
export interface Score {
  /** `fid`, `inception-score`, `kid`, `precision` … */
  readonly name: string
  readonly value: number
  /** Over splits or subsets, as the convention defines it. */
  readonly standardDeviation?: number
  /** 95% bootstrap interval. */
  readonly interval?: readonly [low: number, high: number]
  readonly better: 'lower' | 'higher'
  /** The same number of what is no model, by name: the source itself, the nearest training sample … */
  readonly baselines?: Readonly<Record<string, number>>
  readonly protocol: ScoreProtocol
}

/** Called now and then during long work: how many of how many, and of what. */
export type Progress = (done: number, total: number, what: string) => void
