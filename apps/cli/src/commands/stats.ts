import { ConfigurationError } from '@gantry/core'
import { writeFileAtomically } from '@gantry/files'
import { encodeStatistics, gaussianStatistics } from '@gantry/metrics'
import { chooseExtractor, type ExtractorFlags } from '../evaluation/choose-extractor.ts'
import { readReal, realStatistics } from '../evaluation/extract-sides.ts'
import { openDataSamples } from '../evaluation/open-samples.ts'
import { type Range, readPoints } from '../evaluation/read-samples.ts'
import { protocolOf } from '../evaluation/real-side.ts'
import { noteSkipped } from '../evaluation/skipped.ts'
import { interruptible } from '../interrupt.ts'
import { type OutputFlags, present, table } from '../output.ts'
import { createWorkProgress } from '../work-progress.ts'

export interface StatsFlags extends OutputFlags, ExtractorFlags {
  readonly out: string
  readonly count?: number
  readonly size?: number
}

/** `gantry stats`: mean and covariance of a data set's features, as FID tools exchange them. */
export async function stats(target: string, flags: StatsFlags): Promise<void> {
  const format = formatOf(flags.out)
  if (flags.count !== undefined && flags.count < 2) {
    throw new ConfigurationError({
      code: 'OPTION_INVALID',
      message: `--count must be at least 2, not ${flags.count}.`,
    })
  }
  await interruptible(async (signal) => {
    const progress = await createWorkProgress()
    const samples = await openDataSamples(target, {
      signal,
      onProgress: progress.reportOpening,
      ...(flags.size !== undefined && { size: flags.size }),
    })
    const extractor = samples.kind === 'image' ? await chooseExtractor(samples.shape, flags) : undefined
    try {
      const count = Math.min(flags.count ?? Number.POSITIVE_INFINITY, samples.available!)
      const range: Range = { from: 0, count, what: 'samples', progress: progress.report, signal }
      const { statistics, cached, content } = await (async () => {
        if (extractor === undefined) {
          const { features, sha256 } = await readPoints(samples, range)
          return { statistics: await gaussianStatistics(features, range), cached: false, content: sha256 }
        }
        const read = await readReal(samples, range)
        return { ...(await realStatistics(read, extractor)), content: read.sha256 }
      })()
      progress.stop()
      noteSkipped(samples)
      const protocol = protocolOf(extractor)
      await writeFileAtomically(flags.out, encodeStatistics({ ...statistics, protocol }, format))
      const { length: features } = statistics.mean
      present(flags, { out: flags.out, data: samples.name, count, features, content, cached, protocol }, [
        `Statistics of ${count} samples of ${samples.name} in ${flags.out}`,
        ...table([
          ['extractor', `${protocol.extractor}, ${features} features${cached ? ' (from the cache)' : ''}`],
          ['weights', protocol.weights!],
          ['content', `sha256 ${content}`],
        ]),
      ])
    } finally {
      progress.stop()
      await extractor?.dispose()
      await samples.dispose()
    }
  }, 'Stopping.')
}

function formatOf(out: string): 'npz' | 'safetensors' {
  const [, format] = /\.(npz|safetensors)$/i.exec(out) ?? []
  if (format !== undefined) return format.toLowerCase() as 'npz' | 'safetensors'
  throw new ConfigurationError({
    code: 'OUT_INVALID',
    message: `--out is a file that ends in .npz or .safetensors, not '${out}'.`,
  })
}
