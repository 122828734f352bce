import { ConfigurationError } from '@gantry/core'
import { writeOutput } from '@gantry/files'
import { encodeStatistics, findView, gaussianStatistics } from '@gantry/metrics'
import { chooseExtractor, type ExtractorFlags } from './choose-extractor.ts'
import type { EvaluationProgress } from './evaluate-run.ts'
import { readReal, realStatistics } from './extract-sides.ts'
import { openDataSamples } from './open-samples.ts'
import { type Range, readFeatures } from './read-samples.ts'
import { type Extraction, protocolOf } from './real-side.ts'
import type { Samples } from './samples.ts'

export interface StatisticsOptions extends ExtractorFlags {
  /** Samples, at most; default: all. */
  readonly count?: number
  readonly dataOptions?: Readonly<Record<string, unknown>>
  readonly progress?: EvaluationProgress
  readonly signal?: AbortSignal
}

export interface WrittenStatistics {
  readonly samples: Pick<Samples, 'name' | 'skipped'>
  readonly count: number
  /** Width of the features. */
  readonly features: number
  /** SHA-256 of the samples. */
  readonly content: string
  readonly cached: boolean
  readonly protocol: Readonly<Record<string, string>>
}

/**
 * Writes mean and covariance of a data set's features, as tools for FID exchange them.
 *
 * @param out ends in `.npz` or `.safetensors`
 * @throws ConfigurationError `OUT_INVALID`, and those of the data set and the extractor; StorageError
 */
export async function writeStatistics(
  data: string,
  out: string,
  { dataOptions = {}, progress = {}, signal, ...options }: StatisticsOptions = {},
): Promise<WrittenStatistics> {
  const format = formatOf(out)
  const opening = {
    dataOptions,
    ...(signal && { signal }),
    ...(progress.reportOpening && { onProgress: progress.reportOpening }),
  }
  const samples = await openDataSamples(data, opening)
  try {
    const { modality, shape } = samples.field
    const { ownFeatures } = findView(modality)
    const extractor = ownFeatures === undefined ? await chooseExtractor(shape, options, progress.say) : undefined
    try {
      const count = Math.min(options.count ?? Number.POSITIVE_INFINITY, samples.available!)
      const { say } = progress
      const work = { progress: progress.report, signal, ...(say && { say }) }
      const range: Range = { from: 0, count, what: 'samples', ...work }
      const extraction = { extractor, ownFeatures }
      const { statistics, cached, content } = await computed(samples, extraction, range)
      const protocol = protocolOf(extraction)
      await writeOutput(out, encodeStatistics({ ...statistics, protocol }, format))
      return { samples, count, features: statistics.mean.length, content, cached, protocol }
    } finally {
      await extractor?.dispose()
    }
  } finally {
    await samples.dispose()
  }
}

async function computed(samples: Samples, { extractor }: Extraction, range: Range) {
  if (extractor === undefined) {
    const { features, sha256 } = await readFeatures(samples, range)
    return { statistics: await gaussianStatistics(features, range), cached: false, content: sha256 }
  }
  const read = await readReal(samples, range)
  return { ...(await realStatistics(read, extractor)), content: read.sha256 }
}

function formatOf(out: string): 'npz' | 'safetensors' {
  const [, format] = /\.(npz|safetensors)$/i.exec(out) ?? []
  if (format !== undefined) return format.toLowerCase() as 'npz' | 'safetensors'
  throw new ConfigurationError({
    code: 'OUT_INVALID',
    message: `--out is a file that ends in .npz or .safetensors, not '${out}'.`,
  })
}
