import { ndarray } from '@gantry/core'
import type { ImageBatch } from '../features.ts'
import { countClassModes, predictedClasses } from '../modes/class-modes.ts'
import { countMixtureModes } from '../modes/mixture-modes.ts'
import { memorisation } from '../neighbours/memorisation.ts'
import { msSsim } from '../perceptual/ms-ssim.ts'
import { pyramidWasserstein } from '../wasserstein/pyramid-distance.ts'
import { slicedWasserstein } from '../wasserstein/sliced-wasserstein.ts'
import { reporter } from '../work.ts'
import { intervalOptions, prefixed } from './distribution-metrics.ts'
import type { EvaluationRequest, MetricOutcome, MetricValue } from './evaluated-samples.ts'
import { meanInterval, shareInterval } from './intervals.ts'

/** Patches of this many images fill 25 MB a channel. */
const PATCH_IMAGES = 1000

/** Mean similarity of pairs of generated images: the first with the second, and so on. */
export async function similarity(request: EvaluationRequest): Promise<MetricOutcome> {
  const images = request.generated.images!
  const pairs = Math.floor(images.shape[0]! / 2)
  const values = new Float64Array(pairs)
  const report = reporter(request, pairs, 'MS-SSIM pairs')
  for (let pair = 0; pair < pairs; pair++) {
    values[pair] = msSsim(slice(images, 2 * pair, 1), slice(images, 2 * pair + 1, 1))[0]!
    await report(pair + 1)
  }
  const value = values.reduce((sum, each) => sum + each, 0) / pairs
  const options = intervalOptions(request, 'intervals')
  const interval = options.resamples > 0 ? await meanInterval(values, options) : undefined
  const counts = { realCount: 0, generatedCount: 2 * pairs }
  const convention = 'ProGAN, pairs of neighbours'
  return {
    values: [{ name: 'ms-ssim', value, better: 'lower', convention, counts, ...(interval && { interval }) }],
    warnings: [],
  }
}

/** Of patches for images, of coordinates for points. */
export async function wasserstein(request: EvaluationRequest): Promise<MetricOutcome> {
  const { real, generated, seed, progress, signal } = request
  if (real.images === undefined || generated.images === undefined) {
    const value = await slicedWasserstein(real.features!, generated.features!, { seed, progress, signal })
    return {
      values: [{ name: 'swd', value, better: 'lower', convention: 'Rabin et al., 512 directions' }],
      warnings: [],
    }
  }
  const counts = {
    realCount: Math.min(PATCH_IMAGES, real.images.shape[0]!),
    generatedCount: Math.min(PATCH_IMAGES, generated.images.shape[0]!),
  }
  const { average } = await pyramidWasserstein(
    slice(real.images, 0, counts.realCount),
    slice(generated.images, 0, counts.generatedCount),
    { seed, progress, signal },
  )
  return {
    values: [{ name: 'patch-swd', value: average, better: 'lower', convention: 'ProGAN, times 1000', counts }],
    warnings: [],
  }
}

export async function nearest(request: EvaluationRequest): Promise<MetricOutcome> {
  const { real, generated, progress, signal } = request
  const { authenticity, exactCopies } = await memorisation(generated.features!, real.features!, { progress, signal })
  const convention = 'Alaa et al., in feature space'
  const options = intervalOptions(request, 'intervals')
  const interval =
    options.resamples > 0 ? await shareInterval(authenticity, generated.features!.rows, options) : undefined
  return {
    values: [
      { name: 'authenticity', value: authenticity, better: 'higher', convention, ...(interval && { interval }) },
      { name: 'exact-copies', value: exactCopies, better: 'lower', convention },
    ],
    warnings: [],
  }
}

/** Of a mixture for points, of classes for images. */
export async function modes(request: EvaluationRequest): Promise<MetricOutcome> {
  const { generated, mixture } = request
  return {
    values: mixture ? await mixtureModes(request) : classModes(request, predictedClasses(generated.logits!)),
    warnings: [],
  }
}

async function mixtureModes(request: EvaluationRequest): Promise<MetricValue[]> {
  const points = request.generated.features!
  const { covered, modes: all, highQuality, divergence } = countMixtureModes(points, request.mixture!)
  const convention = `VEEGAN, of ${all}, within 3σ`
  const options = intervalOptions(request, 'intervals')
  const interval = options.resamples > 0 ? await shareInterval(highQuality, points.rows, options) : undefined
  return [
    { name: 'modes', value: covered, better: 'higher', convention },
    { name: 'high-quality', value: highQuality, better: 'higher', convention, ...(interval && { interval }) },
    { name: 'mode-divergence', value: divergence, better: 'lower', convention },
  ]
}

function classModes(request: EvaluationRequest, predicted: Int32Array): MetricValue[] {
  const { real, generated } = request
  const classes = generated.logits!.columns
  // Labels of the data set say something about the classifier's classes only where there are as many.
  const reference = real.labels?.every((label) => label < classes) ? real.labels : undefined
  const { covered, divergenceFromUniform, divergenceFromReference } = countClassModes(predicted, {
    classes,
    ...(reference && { reference }),
  })
  const convention = `classes of ${classes}, ${reference ? 'against real labels' : 'against equal shares'}`
  return [
    { name: prefixed(request, 'modes'), value: covered, better: 'higher', convention },
    {
      name: prefixed(request, 'class-divergence'),
      value: divergenceFromReference ?? divergenceFromUniform,
      better: 'lower',
      convention,
    },
  ]
}

function slice({ shape, data }: ImageBatch, start: number, count: number): ImageBatch {
  const [, ...image] = shape
  const length = image.reduce((product, side) => product * side, 1)
  return ndarray('uint8', [count, ...image], data.subarray(start * length, (start + count) * length))
}
