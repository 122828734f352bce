import { ConfigurationError, counted } from '@gantry/core'
import { checkFeatures, checkSameWidth, type FeatureMatrix } from '../features.ts'
import { localProducts, type MatrixProducts } from '../linear-algebra/products.ts'
import type { Work } from '../work.ts'
import { neighbourRadii } from './neighbour-radii.ts'
import { centre, exactSquare, visitPairs } from './pair-distances.ts'

// Precision and recall (Kynkäänniemi et al., Improved Precision and Recall Metric for Assessing Generative Models, NeurIPS
// 2019, eq. 1 and 2), density and coverage (Naeem et al., Reliable Fidelity and Diversity Metrics for Generative Models,
// ICML 2020, eq. 3 and 4). A sample's ball reaches to its k-th nearest neighbour of its own set.
// Agrees with clovaai/generative-evaluation-prdc@e320c1d2 (k = 5, a point on the border is outside) and
// toshas/torch-fidelity@5e211a95, metric_prc.py (k = 3, a point on the border is inside; it has no density and coverage).
// Distances are compared as if they were exact: the references round near ties as their matrix product happens to.

const conventions = {
  prdc: { neighbours: 5, border: 'outside' },
  'torch-fidelity': { neighbours: 3, border: 'inside' },
} as const

export type PrecisionRecallConvention = keyof typeof conventions

export interface PrecisionRecallOptions extends Work {
  /** `prdc` by default. */
  readonly convention?: PrecisionRecallConvention
  /** k. */
  readonly neighbours?: number
  /** {@link localProducts} by default. float32 is enough: what it leaves open is computed again. */
  readonly products?: MatrixProducts
}

export interface PrecisionRecall {
  /** Share of generated samples inside the ball of any real one. */
  readonly precision: number
  /** Share of real samples inside the ball of any generated one. */
  readonly recall: number
  /** Harmonic mean of precision and recall; 0 where both are. */
  readonly fScore: number
  /** Number of real balls around a generated sample, over k: may exceed 1. */
  readonly density: number
  /** Share of real samples with a generated one inside their ball. */
  readonly coverage: number
  readonly warnings: readonly string[]
}

/**
 * Precision, recall, density and coverage. Distances are made in blocks of 1,024 × 1,024: memory grows with the samples, not
 * with their square.
 *
 * @throws ConfigurationError `NEIGHBOURS_INVALID`; ShapeError `FEATURE_WIDTHS_DIFFER`, `FEATURES_NOT_FINITE`
 */
export async function precisionRecall(
  real: FeatureMatrix,
  generated: FeatureMatrix,
  options: PrecisionRecallOptions = {},
): Promise<PrecisionRecall> {
  const { convention = 'prdc', products = localProducts, progress, signal } = options
  const { border } = conventions[convention]
  const { neighbours = neighboursOf(convention) } = options
  checkSameWidth(real, generated)
  checkFeatures('Real samples', real)
  checkFeatures('Generated samples', generated)
  checkNeighbours(options.neighbours, { real: real.rows, generated: generated.rows }, convention)
  const mean = meanOf(real)
  const realSet = centre(real, mean, products)
  const generatedSet = centre(generated, mean, products)
  const work = (what: string) => ({ products, what, progress, signal })
  const realRadii = await neighbourRadii(real, realSet, neighbours, work('distances between real samples'))
  const generatedRadii = await neighbourRadii(
    generated,
    // Its own mean may be far from the real one.
    centre(generated, meanOf(generated), products),
    neighbours,
    work('distances between generated samples'),
  )

  const realBallsAround = new Uint32Array(generated.rows)
  const covered = new Uint8Array(real.rows)
  const recalled = new Uint8Array(real.rows)
  const reaches = (square: number, radius: number) => (border === 'inside' ? square <= radius : square < radius)
  await visitPairs(
    realSet,
    generatedSet,
    (row, column, low, high) => {
      const [realRadius, generatedRadius] = [realRadii[row]!, generatedRadii[column]!]
      if (low > realRadius && low > generatedRadius) return
      const isOpen = (radius: number) => low <= radius && high >= radius
      const square =
        isOpen(realRadius) || isOpen(generatedRadius) ? exactSquare(real, row, generated, column) : (low + high) / 2
      if (reaches(square, realRadius)) {
        realBallsAround[column] = realBallsAround[column]! + 1
        covered[row] = 1
      }
      if (reaches(square, generatedRadius)) recalled[row] = 1
    },
    work('distances between real and generated samples'),
  )
  const share = (counts: ArrayLike<number>) => Array.from(counts).filter((count) => count > 0).length / counts.length
  const [precision, recall] = [share(realBallsAround), share(recalled)]
  const balls = realBallsAround.reduce((sum, count) => sum + count, 0)
  return {
    precision,
    recall,
    fScore: precision + recall === 0 ? 0 : (2 * precision * recall) / (precision + recall),
    density: balls / (neighbours * generated.rows),
    coverage: share(covered),
    warnings:
      real.rows === generated.rows
        ? []
        : [
            `${real.rows} real and ${generated.rows} generated samples: the larger set has the smaller balls. Scores are comparable only between equal numbers.`,
          ],
  }
}

function meanOf({ rows, columns, data }: FeatureMatrix): Float64Array {
  const mean = new Float64Array(columns)
  for (let index = 0; index < data.length; index++) {
    mean[index % columns] = mean[index % columns]! + data[index]! / rows
  }
  return mean
}

/** The number of neighbours that a convention counts. */
export function neighboursOf(convention: PrecisionRecallConvention): number {
  return conventions[convention].neighbours
}

/**
 * Refuses a number of neighbours that sets of these sizes do not have, before their features are computed.
 *
 * @param asked absent: the convention's number
 * @throws ConfigurationError `NEIGHBOURS_INVALID`
 */
export function checkNeighbours(
  asked: number | undefined,
  { real, generated }: { readonly real: number; readonly generated: number },
  convention: PrecisionRecallConvention = 'prdc',
): void {
  const neighbours = asked ?? neighboursOf(convention)
  const fewest = Math.min(real, generated)
  if (Number.isInteger(neighbours) && neighbours >= 1 && neighbours < fewest) return
  const more = `take ${Math.max(neighbours, 1) + 1} samples or more on either side, by a larger '--count' ('count')`
  throw new ConfigurationError({
    code: 'NEIGHBOURS_INVALID',
    message: `${counted(neighbours, 'neighbour')} cannot be found in sets of ${real} and ${generated} samples.`,
    fix:
      fewest < 2
        ? `${more[0]!.toUpperCase()}${more.slice(1)}.`
        : `Ask for 1 to ${fewest - 1} by '--neighbours' ('neighbours'; of a run's own scores 'scoreNeighbours'), or ${more}.`,
  })
}
