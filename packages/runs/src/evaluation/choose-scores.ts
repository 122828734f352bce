import { GantryError } from '@gantry/core'
import { checkMetrics, defaultMetrics, type EvaluationSources, extractorNeeded, findView } from '@gantry/metrics'
import { chooseExtractor } from './choose-extractor.ts'
import type { ScoreOptions } from './evaluate-run.ts'
import type { Sides } from './open-sides.ts'
import { type Extraction, logitsFit, mixtureOf } from './real-side.ts'

/** Whether real sample i is what generated sample i should be: it is made of another field of the same thing. */
export function arePaired({ real, generated }: Sides): boolean {
  const { translation } = generated
  const elements = 'samples' in real ? real.samples.elements : undefined
  if (translation?.target.field === undefined || elements === undefined) return false
  return elements.belongTogether(translation.source.field, translation.target.field)
}

/**
 * Who looks at the samples: the extractor that is asked for or fits, or nobody where no metric needs one. Where none is asked for and
 * some say enough without, a missing extractor is told, and no error.
 *
 * @throws what `chooseExtractor` throws
 */
export async function chooseExtraction(sides: Sides, options: ScoreOptions): Promise<Extraction> {
  const { field, cycle } = sides.generated
  const view = findView(field.modality)
  const { ownFeatures } = view
  if (ownFeatures !== undefined) return { extractor: undefined, ownFeatures }
  const { metrics, progress } = options
  const alone = { extractor: undefined, ownFeatures: undefined }
  if (metrics !== undefined && options.extractor === undefined && !extractorNeeded(view, metrics)) return alone
  try {
    return { extractor: await chooseExtractor(field.shape, options, progress?.say), ownFeatures: undefined }
  } catch (error) {
    const enough = metrics === undefined && (cycle !== undefined || arePaired(sides))
    if (!enough || !GantryError.isInstance(error) || error.code !== 'EXTRACTOR_MISSING') throw error
    progress?.say?.(`Sets are not compared, only samples: ${error.message}`)
    return alone
  }
}

/**
 * The metrics that are asked for, or the usual ones of the modality.
 *
 * @throws ConfigurationError `METRIC_UNAVAILABLE`
 */
export function chooseMetrics(
  sides: Sides,
  { extractor, ownFeatures }: Extraction,
  { metrics }: ScoreOptions,
): readonly string[] {
  const { real, generated } = sides
  const view = findView(generated.field.modality)
  const logits = logitsFit(extractor, real)
  const sources: EvaluationSources = {
    features: (extractor ?? ownFeatures) !== undefined,
    realSamples: 'samples' in real,
    logits,
    labels: logits && askedFor(sides),
    mixture: mixtureOf(real) !== undefined,
    pairs: arePaired(sides),
    cycle: generated.cycle !== undefined,
    paths: generated.pathLengths !== undefined,
  }
  const offered = view.offers(sources)
  const chosen = metrics ?? defaultMetrics(view, offered)
  checkMetrics(chosen, offered)
  return chosen
}

/** Whether the generated samples have labels, and the same as the real ones. */
function askedFor({ real, generated }: Sides): boolean {
  const names = 'samples' in real ? real.samples.labels : undefined
  return names !== undefined && generated.labels?.join() === names.join()
}
