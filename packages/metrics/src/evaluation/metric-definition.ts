import type { EvaluationRequest, MetricOutcome } from './evaluated-samples.ts'

/** What `evaluate` calls a metric: a name for one or several scores, and how they come about. */
export interface MetricDefinition {
  readonly name: string
  /** A few words for people who choose. */
  readonly description: string
  /**
   * What it cannot do without, in the words of whoever offers it: `features`, `real features`, `logits`, `images`, `pairs`,
   * `modes`, or what {@link EvaluatedSamples.more} has. A metric that does not need `real features` does with their statistics.
   */
  readonly needs: readonly string[]
  /** Whether it says something of baselines, too: {@link EvaluationRequest.baselines}. */
  readonly ofBaselines?: boolean
  /** Whether it counts a number of neighbours that may be asked for: `EvaluationRequest.neighbours`. */
  readonly countsNeighbours?: boolean
  compute(request: EvaluationRequest): Promise<MetricOutcome>
}
