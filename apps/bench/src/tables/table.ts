import type { Bench } from '../bench.ts'
import type { Section } from '../markdown.ts'

/** What a table found: `data` for the JSON, sections for people. */
interface Measured {
  readonly data: unknown
  readonly sections: readonly Section[]
}

/** A question that the benchmark answers. */
export interface BenchTable {
  /** As `--tables` and the JSON have it. */
  readonly name: string
  readonly title: string
  measure(bench: Bench): Promise<Measured>
}
