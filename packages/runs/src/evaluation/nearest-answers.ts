import { type Field, type NDArray, ndarray, rowsOf, sizeOfShape } from '@gantry/core'
import { type FeatureMatrix, type ImageBatch, nearestNeighbours, quantiseImages, stackRows } from '@gantry/metrics'
import { findModality, supply } from '@gantry/modalities'
import type { Sides } from './open-sides.ts'
import type { Range } from './read-samples.ts'
import { BATCH, type Elements, type Samples } from './samples.ts'

/** Training samples that are searched, at most. */
const SEARCHED = 10_000

/**
 * Answers by heart: for each source, what belongs to the most similar source among the first 10,000 training samples. Sources are compared
 * by the averages of at most 16 × 16 cells; where the training data are what is scored, a sample does not find itself.
 *
 * @param sources 8-bit, the first of the generated side
 * @returns as many answers
 */
export async function nearestAnswers(
  { real, generated }: Pick<Sides, 'real' | 'generated'>,
  training: Samples,
  sources: ImageBatch,
  work: Pick<Range, 'progress' | 'signal'>,
): Promise<ImageBatch> {
  const { input, source, target } = generated.translation!
  const elements = training.elements!
  const searched = Math.min(SEARCHED, elements.size)
  const coordinatesOf = coordinatesBy(source.modality)
  const known: FeatureMatrix[] = []
  for await (const { element, from, count } of eachBatch(elements, searched)) {
    work.signal?.throwIfAborted()
    const given = supply({ [input]: source }, { seed: 0, from, count, data: element })[input]!
    known.push(coordinatesOf(quantiseImages(given, from, source.range)))
  }
  const isOwn = 'samples' in real && real.samples.elements?.fingerprint === elements.fingerprint
  const count = isOwn && searched > 1 ? 2 : 1
  const { indices } = await nearestNeighbours(coordinatesOf(sources), stackRows(known), { ...work, count })
  const chosen = Array.from({ length: sources.shape[0]! }, (_, row) => {
    const found = [...indices.subarray(row * count, (row + 1) * count)]
    return found.find((index) => !isOwn || index !== row) ?? found[0]!
  })
  return targetsOf(elements, searched, { field: target.field!, range: target.range }, chosen)
}

/** Numbers by whose distances images are alike. */
function coordinatesBy(modality: string): (images: NDArray) => FeatureMatrix {
  const { coordinates } = findModality(modality)
  return (images) => {
    const { rows, columns, data } = coordinates!(images)
    return { rows, columns, data: Float32Array.from(data) }
  }
}

/** The field of elements with these numbers, which may repeat. */
async function targetsOf(
  elements: Elements,
  searched: number,
  { field, range }: { readonly field: string; readonly range: Field['range'] },
  chosen: readonly number[],
): Promise<ImageBatch> {
  const found = new Map<number, Uint8Array>()
  const wanted = new Set(chosen)
  const { shape } = elements.fields[field]!
  for await (const { element, from, count } of eachBatch(elements, searched)) {
    for (let row = 0; row < count; row++) {
      if (!wanted.has(from + row)) continue
      found.set(from + row, quantiseImages(rowsOf(element[field]!, row, 1), from + row, range).data)
    }
  }
  const length = sizeOfShape(shape)
  const all = new Uint8Array(chosen.length * length)
  for (const [row, index] of chosen.entries()) all.set(found.get(index)!, row * length)
  return ndarray('uint8', [chosen.length, ...shape], all)
}

async function* eachBatch(elements: Elements, count: number) {
  let from = 0
  for await (const element of elements.read(0, count, BATCH)) {
    const rows = Object.values(element)[0]!.shape[0]!
    yield { element, from, count: rows }
    from += rows
  }
}
