/** Numbers that tell how training goes, by name. */
export type Readings = Readonly<Record<string, number>>

/** What was read at a step. */
export interface Look {
  /** Steps finished. */
  readonly step: number
  /** Steps that were finished when its stage began; 0 where a run has one stage. */
  readonly stageFrom?: number
  readonly readings: Readings
}
