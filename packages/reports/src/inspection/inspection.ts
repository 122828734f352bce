/** What an inspection found: for scripts, and for people. */
export interface Inspection {
  readonly result: object
  readonly lines: readonly string[]
}
