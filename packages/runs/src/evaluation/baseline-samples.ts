import { GantryError } from '@gantry/core'
import { baselines, type EvaluatedSamples, findMetrics, type ImageBatch } from '@gantry/metrics'
import { arePaired } from './choose-scores.ts'
import { extractImages } from './extract-sides.ts'
import { nearestAnswers } from './nearest-answers.ts'
import type { Sides } from './open-sides.ts'
import type { Range } from './read-samples.ts'
import type { Extraction } from './real-side.ts'

interface Compared {
  readonly sides: Sides
  readonly metrics: readonly string[]
  readonly extraction: Extraction
  readonly generated: EvaluatedSamples
  readonly range: Range
}

/**
 * What a translation is to be better than, made of the same sources: the source itself, its enlargement, and what belongs to the most
 * similar source of the training data. By name; undefined where the samples are made of nothing, or no metric would say anything.
 */
export async function baselineSamples(compared: Compared): Promise<Record<string, EvaluatedSamples> | undefined> {
  const { sides, metrics, extraction, generated, range } = compared
  const { sources } = generated
  const told = findMetrics(metrics).filter(({ ofBaselines }) => ofBaselines)
  if (sources === undefined || told.length === 0) return undefined
  const images = new Map<string, ImageBatch>()
  for (const { name, answer } of baselines) {
    const answers = answer(sources, sides.generated.field.shape)
    if (answers !== undefined) images.set(name, answers)
  }
  const nearest = arePaired(sides) ? await nearestOrNote(compared, sources) : undefined
  if (nearest !== undefined) images.set('nearest', nearest)
  // Features of some of the samples only are not to be compared with those of all.
  const { extractor } = extraction
  const byFeatures = told.some(({ needs }) => !needs.includes('pairs')) && sources.shape[0] === range.count
  const samples: Record<string, EvaluatedSamples> = {}
  for (const [name, own] of images) {
    const features = extractor && byFeatures ? await extractImages(own, extractor, { ...range, what: name }) : undefined
    samples[name] = { count: own.shape[0]!, images: own, ...(features && { features }) }
  }
  return samples
}

/** Training data that have moved since take the baseline away, not the scores. */
async function nearestOrNote({ sides, range }: Compared, sources: ImageBatch): Promise<ImageBatch | undefined> {
  if (sides.training === undefined) return undefined
  try {
    return await nearestAnswers(sides, await sides.training(), sources, range)
  } catch (error) {
    if (!GantryError.isInstance(error)) throw error
    range.say?.(`The baseline 'nearest' is left out: ${error.message}`)
    return undefined
  }
}
