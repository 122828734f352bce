import { ConfigurationError } from '@gantry/core'
import {
  type coordinates,
  type EvaluatedSamples,
  type EvaluationRequest,
  type FeatureExtractor,
  imagesAlone,
  type Mixture,
  protocolDifferences,
  type ScoreProtocol,
} from '@gantry/metrics'
import { extractReal, readReal, realStatistics } from './extract-sides.ts'
import type { RealSide } from './open-sides.ts'
import { type Range, readFeatures } from './read-samples.ts'

const digits = '0,1,2,3,4,5,6,7,8,9'

/** The distribution of real points, where it is known. */
export function mixtureOf(real: RealSide): Mixture | undefined {
  return 'samples' in real ? real.samples.mixture : undefined
}

/** Names of the classes that the extractor's logits stand for; undefined where they say nothing about these data. */
export function logitsFit(extractor: FeatureExtractor | undefined, real: RealSide): boolean {
  if (extractor?.logitLayer === undefined) return false
  const labels = 'samples' in real ? real.samples.labels : undefined
  return extractor.name !== 'classifier-mnist' || labels === undefined || labels.join() === digits
}

/** Where features come from: an extractor, or the samples themselves. */
export interface Extraction {
  /** Absent where samples are their own features, and where nobody looks at images but the metrics. */
  readonly extractor: FeatureExtractor | undefined
  /** Of samples that are their own features. */
  readonly ownFeatures: typeof coordinates | undefined
}

/** Who made the features, as protocols name it. */
export function onlookerOf({ extractor, ownFeatures }: Extraction): EvaluationRequest['extractor'] {
  return extractor ?? ownFeatures ?? imagesAlone
}

/** The real side, its content known but nothing computed yet. */
export interface PreparedReal {
  /** With a hash of the content: what a protocol calls it. */
  readonly name: string
  /** Computes features, or only statistics where those are enough. */
  evaluate(withFeatures: boolean): Promise<{ readonly real: EvaluatedSamples; readonly cached: boolean }>
}

/**
 * @throws ConfigurationError `PROTOCOLS_DIFFER` for statistics of other features
 */
export async function prepareReal(
  side: RealSide,
  { extractor, ownFeatures }: Extraction,
  range: Range,
): Promise<PreparedReal> {
  const named = (sha256: string, detail = '') => `${side.name}${detail} (sha256 ${sha256.slice(0, 12)})`
  if ('statistics' in side) {
    const { statistics } = side
    checkStatistics(side.name, statistics.protocol, { extractor, ownFeatures })
    return {
      name: named(side.sha256),
      evaluate: async () => ({ real: { count: statistics.count ?? 0, statistics }, cached: false }),
    }
  }
  const { samples } = side
  const detail = ` ${samples.field.shape.join('×')}`
  if (ownFeatures !== undefined) {
    const { features, sha256 } = await readFeatures(samples, range)
    return {
      name: named(sha256, detail),
      evaluate: async () => ({ real: { count: range.count, features }, cached: false }),
    }
  }
  const read = await readReal(samples, range)
  const shared = { count: range.count, ...read.kept.kept }
  return {
    name: named(read.sha256, detail),
    async evaluate(withFeatures) {
      if (extractor === undefined) return { real: shared, cached: false }
      if (withFeatures) {
        const { features, cached } = await extractReal(read, extractor)
        return { real: { ...shared, features }, cached }
      }
      const { statistics, cached } = await realStatistics(read, extractor)
      return { real: { ...shared, statistics }, cached }
    },
  }
}

/** Statistics of other tools say nothing about their features: then their width must do. */
function checkStatistics(
  name: string,
  protocol: Readonly<Record<string, string>> | undefined,
  extraction: Extraction,
): void {
  if (protocol === undefined) return
  const wanted = protocolOf(extraction)
  const differences = protocolDifferences(protocol as unknown as ScoreProtocol, wanted as unknown as ScoreProtocol)
  if (differences.length === 0) return
  const list = differences.map(({ field, left, right }) => `${field} (${left} and ${right})`).join(', ')
  throw new ConfigurationError({
    code: 'PROTOCOLS_DIFFER',
    message: `The statistics in ${name} are of other features than the generated samples': ${list}.`,
    fix: "Compute them again with 'gantry stats', or choose their extractor.",
  })
}

/** What a file of statistics says about its features. */
export function protocolOf({ extractor, ownFeatures }: Extraction): Readonly<Record<string, string>> {
  const { protocol } = onlookerOf({ extractor, ownFeatures })
  return extractor === undefined ? { ...protocol } : { ...protocol, layer: extractor.featureLayer }
}
