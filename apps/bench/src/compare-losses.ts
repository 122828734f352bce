import type { Outcome } from './measure.ts'

/** Engines round differently, and Adam amplifies that; a different step is further off. Of losses above 1, their share. */
const LOSS_TOLERANCE = 0.005

const differs = (left: number, right: number) =>
  !(Math.abs(left - right) <= LOSS_TOLERANCE * Math.max(1, Math.abs(left)))

/**
 * Warns when engines that started alike computed different losses: their times would not be comparable.
 *
 * @returns a sentence for every engine that differs from the first of its batch size
 */
export function compareLosses(outcomes: ReadonlyMap<string, Outcome>): string[] {
  const byBatch = new Map<number, { engine: string; losses: readonly number[] }>()
  const warnings: string[] = []
  const text = (losses: readonly number[]) => losses.map((loss) => loss.toFixed(5)).join(', ')
  for (const [engine, outcome] of outcomes) {
    if (outcome.status !== 'measured') continue
    const { batchSize, losses } = outcome
    const first = byBatch.get(batchSize)
    if (first === undefined) byBatch.set(batchSize, { engine, losses })
    else if (losses.length !== first.losses.length || losses.some((loss, at) => differs(first.losses[at]!, loss))) {
      warnings.push(
        `${engine} and ${first.engine} do not compute the same step: losses ${text(losses)} and ${text(first.losses)}.`,
      )
    }
  }
  return warnings
}
