import type { Remedy } from '@gantry/core'
import type { Look, Readings } from '../readings/readings.ts'

/** Options of a run by name, as it trains with. */
export type Options = Readonly<Record<string, unknown>>

/** Something to try, for runs whose options it applies to. */
export interface RemedyRule {
  /** The options to set; undefined where this would change nothing, or is not the trouble. */
  set(options: Options): Remedy['set'] | undefined
  readonly why: string
}

/** How a failure of training, or its success, shows in the numbers. */
export interface VerdictRule {
  /** `mode-collapse` */
  readonly name: string
  /** Looks in a row at which it must show before it is told; as many without it end it. */
  readonly looks: number
  /** Looks of the run before the first that counts: what has hardly begun has no symptoms. */
  readonly warmUp: number
  /**
   * Whether it shows at the last of these looks, of a run with these options.
   *
   * @returns the numbers that it follows from, by name
   */
  shows(looks: readonly Look[], options: Options): Readings | undefined
  /** One sentence, of the evidence. */
  message(evidence: Readings): string
  /** What helps, the likeliest first. */
  readonly remedies: readonly RemedyRule[]
}
