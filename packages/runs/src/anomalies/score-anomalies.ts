import { type Batch, ConfigurationError, counted, type NDArray, rowsOf, ShapeError, suggestion } from '@gantry/core'
import type { OpenedDataset, SampleSource } from '@gantry/datasets'
import { areaUnderCurve } from '@gantry/metrics'
import { RunFolder } from '../run-folder.ts'
import { type AnomalyMethod, type AnomalyScorer, openScorer } from './anomaly-scorer.ts'
import { readInOrder, samplesOf } from './read-in-order.ts'

export interface ScoreOptions {
  /** How many samples, the first of the data; default: all. */
  readonly count?: number
  /** The class that is odd, where the data have labels: the area under the curve is then known. */
  readonly odd?: string
  /** The oddest so many are kept as they were scored, for pictures; 16 by default. */
  readonly kept?: number
  /**
   * k: how odd a sample is to a discriminator is its distance to the k-th nearest normal one (Ramaswamy et al., Efficient Algorithms
   * for Mining Outliers from Large Data Sets, SIGMOD 2000); 1 by default.
   */
  readonly neighbours?: number
  readonly onNote?: (text: string) => void
  readonly progress?: (done: number, total: number) => void
  readonly signal?: AbortSignal
}

export interface AnomalyScore {
  /** Path of its file, or its number in the data. */
  readonly name: string
  readonly label?: string
  readonly score: number
}

/** One of the oddest samples. */
export interface OddSample extends AnomalyScore {
  /** [1, ...shape] */
  readonly sample: NDArray
  readonly reconstruction?: NDArray
  readonly difference?: NDArray
}

export interface AnomalyScores {
  readonly method: AnomalyMethod
  /** The oddest first. */
  readonly scores: readonly AnomalyScore[]
  readonly oddest: readonly OddSample[]
  /** Of the class that is odd against all others. */
  readonly areaUnderCurve?: number
}

const KEPT = 16

/**
 * Scores how odd samples are to a run, and ranks them.
 *
 * @throws ConfigurationError `RUN_MISSING`, `CHECKPOINT_MISSING`, `CLASS_UNKNOWN`, `CLASS_EMPTY`, `LABELS_MISSING`,
 * `NEIGHBOURS_UNUSED`, `NEIGHBOUR_COUNT`; UnsupportedError `NO_ANOMALY_SCORE`;
 * ShapeError `SAMPLES_MISFIT` for samples of another shape than the run's
 *
 * @example
 * ```ts
 * const { scores } = await scoreAnomalies('runs/normal', await openDataset('folder:incoming', { size: 28, channels: 1 }))
 * console.log(scores.slice(0, 10).map(({ name, score }) => `${name} ${score}`))
 * ```
 */
export async function scoreAnomalies(
  run: string,
  dataset: OpenedDataset,
  { count = dataset.size, odd, kept = KEPT, neighbours, onNote = () => {}, progress, signal }: ScoreOptions = {},
): Promise<AnomalyScores> {
  const source = samplesOf(dataset)
  const names = Object.values(dataset.fields).find(({ modality }) => modality === 'label')?.names
  const indices = [...Array(Math.min(count, source.size)).keys()]
  // Said before minutes go into scores that tell nothing.
  const isOdd = odd === undefined ? undefined : oddOnes(source, indices, oddClass(dataset, names, odd), odd)
  const scorer = await openScorer(await RunFolder.open(run), { neighbours, onNote })
  try {
    const field = fittingField(dataset, scorer)
    const scores = new Float64Array(indices.length)
    const pictures = new Oddest(kept)
    for await (const { from, batch } of readInOrder(source, indices)) {
      signal?.throwIfAborted()
      const scored = await scorer.score({ ...batch, [scorer.field]: batch[field]! })
      scores.set(scored.scores, from)
      pictures.add(from, batch[field]!, scored)
      progress?.(from + scored.scores.length, indices.length)
    }
    const described = (index: number) => describe(source, names, index, scores[index]!)
    const order = [...indices].sort((left, right) => scores[right]! - scores[left]!)
    return {
      method: scorer.method,
      scores: order.map(described),
      oddest: pictures.all().map(({ index, ...arrays }) => ({ ...described(index), ...arrays })),
      ...(isOdd && {
        areaUnderCurve: areaUnderCurve(
          scores.filter((_, index) => isOdd[index]),
          scores.filter((_, index) => !isOdd[index]),
        ),
      }),
    }
  } finally {
    await scorer.dispose()
  }
}

function describe(
  { nameOf, labelOf }: SampleSource,
  names: readonly string[] | undefined,
  index: number,
  score: number,
) {
  const label = labelOf && names?.[labelOf(index)]
  return { name: nameOf?.(index) ?? String(index), ...(label !== undefined && { label }), score }
}

/** Which of the samples are of the class that is odd: some, and not all. */
function oddOnes(
  { labelOf }: SampleSource,
  indices: readonly number[],
  label: number,
  odd: string,
): readonly boolean[] {
  const isOdd = indices.map((index) => labelOf!(index) === label)
  if (isOdd.includes(true) && isOdd.includes(false)) return isOdd
  throw new ConfigurationError({
    code: 'CLASS_EMPTY',
    message: `${isOdd.includes(true) ? 'Each' : 'None'} of these ${counted(indices.length, 'sample')} is of the class '${odd}': there is nothing to tell it from.`,
    fix: 'Score more samples, or name another class.',
  })
}

function oddClass({ name, samples }: OpenedDataset, names: readonly string[] | undefined, odd: string): number {
  if (names === undefined || samples?.labelOf === undefined) {
    throw new ConfigurationError({
      code: 'LABELS_MISSING',
      message: `${name} has no labels of which '${odd}' could be the odd one.`,
      fix: 'Leave that out: samples are ranked without labels, too.',
    })
  }
  const index = names.indexOf(odd)
  if (index >= 0) return index
  throw new ConfigurationError({
    code: 'CLASS_UNKNOWN',
    message: `${name} has no class '${odd}'.`,
    fix: suggestion(odd, names),
  })
}

/** The field of the data that is scored: of the same name as the run's, else the first of its shape. */
function fittingField({ name, fields }: OpenedDataset, scorer: Pick<AnomalyScorer, 'field' | 'shape'>): string {
  const fits = (field: string) => String(fields[field]?.shape) === String(scorer.shape)
  if (fits(scorer.field)) return scorer.field
  const other = Object.keys(fields).find(fits)
  if (other !== undefined) return other
  const [first = 'none'] = Object.keys(fields)
  throw new ShapeError({
    code: 'SAMPLES_MISFIT',
    message: `The run scores samples of ${scorer.shape.join('×')}, but those of ${name} are ${fields[first]?.shape.join('×')}.`,
    fix:
      fields[first]?.shape.length === scorer.shape.length && scorer.shape.length === 3
        ? "Bring images to the run's size with '--size' and '--channels'."
        : 'Score samples of the kind that the run was trained on.',
  })
}

type Kept = Omit<OddSample, keyof ReturnType<typeof describe>> & { readonly index: number; readonly score: number }

/** The samples of the highest scores so far. */
class Oddest {
  readonly #most: number
  #kept: Kept[] = []

  constructor(most: number) {
    this.#most = most
  }

  add(
    from: number,
    samples: Batch[string],
    { scores, reconstruction, difference }: Awaited<ReturnType<AnomalyScorer['score']>>,
  ): void {
    for (const [row, score] of scores.entries()) {
      if (this.#kept.length >= this.#most && score <= this.#kept.at(-1)!.score) continue
      const own = {
        sample: rowsOf(samples, row, 1),
        ...(reconstruction && { reconstruction: rowsOf(reconstruction, row, 1) }),
        ...(difference && { difference: rowsOf(difference, row, 1) }),
      }
      this.#kept = [...this.#kept, { index: from + row, score, ...own }]
        .sort((left, right) => right.score - left.score)
        .slice(0, this.#most)
    }
  }

  all(): readonly Kept[] {
    return this.#kept
  }
}
