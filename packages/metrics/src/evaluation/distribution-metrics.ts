import type { FeatureMatrix } from '../features.ts'
import { frechetDistance } from '../metrics/frechet-distance.ts'
import { frechetDistanceInfinity } from '../metrics/frechet-infinity.ts'
import { inceptionScore } from '../metrics/inception-score.ts'
import { kernelDistance } from '../metrics/kernel-distance.ts'
import { precisionRecall } from '../metrics/precision-recall.ts'
import { gaussianStatistics } from '../statistics/gaussian-accumulator.ts'
import type { GaussianStatistics } from '../statistics/gaussian-statistics.ts'
import type { EvaluatedSamples, EvaluationRequest, MetricOutcome } from './evaluated-samples.ts'
import { frechetInterval, type IntervalOptions, inceptionInterval, kernelInterval, shareInterval } from './intervals.ts'

/** Resampled for every metric where nothing else is asked for. */
const RESAMPLES = 200
/** Features above which a resample of the Fréchet distance takes seconds. */
const WIDEST_RESAMPLED = 512

export async function frechet(request: EvaluationRequest): Promise<MetricOutcome> {
  const { real, generated, extractor, resamples } = request
  const realStatistics = await statisticsOf(real, request)
  const { value, warnings } = await frechetDistance(realStatistics, await statisticsOf(generated, request), request)
  const { features } = generated
  const wanted = resamples ?? (realStatistics.mean.length <= WIDEST_RESAMPLED ? RESAMPLES : 0)
  const interval =
    features && wanted > 0 && features.rows > 1
      ? await frechetInterval(value, realStatistics, features, intervalOptions(request, 'intervals', wanted))
      : undefined
  return {
    values: [
      {
        name: extractor.frechetName,
        value,
        better: 'lower',
        convention: 'Gaussian, n − 1',
        ...(interval && { interval }),
      },
    ],
    warnings,
  }
}

export async function frechetInfinity(request: EvaluationRequest): Promise<MetricOutcome> {
  const { real, generated, extractor, seed, progress, signal } = request
  const { value, warnings } = await frechetDistanceInfinity(real.features!, generated.features!, {
    seed,
    progress,
    signal,
  })
  const name = `${extractor.frechetName}-infinity`
  return { values: [{ name, value, better: 'lower', convention: 'Chong and Forsyth, 15 sizes' }], warnings }
}

export async function inception(request: EvaluationRequest): Promise<MetricOutcome> {
  const logits = request.generated.logits!
  const splits = Math.min(10, logits.rows)
  const { value, standardDeviation, warnings } = inceptionScore(logits, { splits })
  const options = intervalOptions(request, 'intervals')
  const interval =
    options.resamples > 0 && !Number.isNaN(value)
      ? await inceptionInterval(value, logits, { splits }, options)
      : undefined
  const convention = `torch-fidelity, ${splits} splits`
  const name = prefixed(request, 'inception-score')
  return {
    values: [{ name, value, standardDeviation, better: 'higher', convention, ...(interval && { interval }) }],
    warnings,
  }
}

export async function kernel(request: EvaluationRequest): Promise<MetricOutcome> {
  const [real, generated] = featuresOf(request)
  const { products, progress, signal } = request
  const subsetSize = Math.min(1000, real.rows, generated.rows)
  const { value, standardDeviation } = await kernelDistance(real, generated, {
    subsetSize,
    progress,
    signal,
    ...(products && { products }),
  })
  const options = intervalOptions(request, 'intervals')
  const interval = options.resamples > 0 ? await kernelInterval(value, real, generated, options) : undefined
  const convention = `torch-fidelity, 100 subsets of ${subsetSize}`
  const name = prefixed(request, 'kid')
  return {
    values: [{ name, value, standardDeviation, better: 'lower', convention, ...(interval && { interval }) }],
    warnings: [],
  }
}

export async function precisionAndRecall(request: EvaluationRequest): Promise<MetricOutcome> {
  const [real, generated] = featuresOf(request)
  const { products, progress, signal } = request
  const scores = await precisionRecall(real, generated, { progress, signal, ...(products && { products }) })
  const options = intervalOptions(request, 'intervals')
  const convention = 'prdc, k = 5'
  const share = async (name: 'precision' | 'recall' | 'coverage', count: number) => {
    const value = scores[name]
    const interval = options.resamples > 0 ? await shareInterval(value, count, options) : undefined
    return { name, value, better: 'higher', convention, ...(interval && { interval }) } as const
  }
  return {
    values: [
      await share('precision', generated.rows),
      await share('recall', real.rows),
      { name: 'density', value: scores.density, better: 'higher', convention },
      await share('coverage', real.rows),
    ],
    warnings: scores.warnings,
  }
}

export function intervalOptions(
  { seed, resamples = RESAMPLES, progress, signal }: EvaluationRequest,
  what: string,
  wanted = resamples,
): IntervalOptions {
  return {
    seed,
    resamples: wanted,
    signal,
    progress: progress && ((done, total) => progress(done, total, what)),
  }
}

/** Only the network that a name is defined by gives a number of that name. */
export function prefixed({ extractor: { name, frechetName } }: EvaluationRequest, metric: string): string {
  return name === 'inception-fid' ? metric : `${frechetName.replace(/-frechet$/, '')}-${metric}`
}

function featuresOf({ real, generated }: EvaluationRequest): readonly [FeatureMatrix, FeatureMatrix] {
  return [real.features!, generated.features!]
}

async function statisticsOf(
  { statistics, features }: EvaluatedSamples,
  { products, progress, signal }: EvaluationRequest,
): Promise<GaussianStatistics> {
  const options = { progress, signal, ...(products?.dtype === 'float64' && { products }) }
  return statistics ?? gaussianStatistics(features!, options)
}
