/** Numbers that tell how training goes, by name. */
export type Readings = Readonly<Record<string, number>>

/** What was read at a step. */
export interface Look {
  /** Steps finished. */
  readonly step: number
  readonly readings: Readings
}
