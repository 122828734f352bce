import { ConfigurationError, findNamed } from '@gantry/core'
import { checkNeighbours } from '../metrics/precision-recall.ts'
import type { MetricDefinition } from './metric-definition.ts'
import { metrics as knownMetrics } from './metrics/registry.ts'
import type { View } from './views/view.ts'

/** What to say of a need that is not met; of others, their name. */
const reasons: Readonly<Record<string, readonly [what: string, fix: string]>> = {
  'real features': ['the real samples, but there are only their statistics', 'Give the data set itself.'],
  logits: ['class logits, which this extractor does not give', 'Use a classifier: classifier-mnist or inception-fid.'],
  labels: ['samples that were asked for classes of the extractor', 'Use it for conditional variants such as cgan.'],
  features: ['features, but no extractor looks at these samples', 'Choose an extractor.'],
  pairs: [
    'a real sample for each generated one: what it should be',
    'Use it for translations such as pix2pix, with data that have both sides of a sample (paired:A,B, not unpaired:A,B); fid and kid compare sets.',
  ],
  cycle: [
    'a way back, which these samples do not have',
    'Use it for a translation that has one, such as cyclegan; a model that does not name its way back was exported before models did: export it again.',
  ],
  paths: [
    'a generator that draws images from latent vectors',
    'Use it for a model, not for its samples, such as a run of stylegan2 or dcgan.',
  ],
  images: ['images, but these samples are none', 'Leave it out.'],
  modes: ['a classifier, or points of a known mixture', 'Leave it out, or use classifier-mnist, ring8 or grid25.'],
}

/**
 * The metrics of these names.
 *
 * @throws ConfigurationError `METRIC_UNKNOWN`, with the nearest name
 */
export function findMetrics(
  names: readonly string[],
  registry: readonly MetricDefinition[] = knownMetrics,
): MetricDefinition[] {
  return names.map((name) =>
    findNamed(registry, name, { code: 'METRIC_UNKNOWN', message: `There is no metric '${name}'.` }),
  )
}

/**
 * Refuses metrics that cannot be computed, before hours are spent on the others.
 *
 * @param offered what there is for metrics to ask for; see `View.offers`. Without it, only the names are checked.
 * @throws ConfigurationError `METRIC_UNKNOWN`, `METRIC_UNAVAILABLE`
 */
export function checkMetrics(
  names: readonly string[],
  offered?: readonly string[],
  registry: readonly MetricDefinition[] = knownMetrics,
): void {
  for (const { name, needs } of findMetrics(names, registry)) {
    const lacking = offered && needs.find((need) => !offered.includes(need))
    if (lacking === undefined) continue
    const [what, fix] = reasons[lacking] ?? [`'${lacking}', which these samples do not have`, 'Leave it out.']
    throw new ConfigurationError({
      code: 'METRIC_UNAVAILABLE',
      message: `The metric '${name}' needs ${what}.`,
      fix,
    })
  }
}

/**
 * Refuses a number of neighbours that none of these metrics counts, or that so few samples do not have.
 *
 * @param counts samples on either side
 * @throws ConfigurationError `NEIGHBOURS_UNUSED`, `NEIGHBOURS_INVALID`
 */
export function checkNeighboursOf(
  names: readonly string[],
  neighbours: number | undefined,
  counts: { readonly real: number; readonly generated: number },
  registry: readonly MetricDefinition[] = knownMetrics,
): void {
  if (neighbours === undefined) return
  if (findMetrics(names, registry).some(({ countsNeighbours }) => countsNeighbours)) {
    checkNeighbours(neighbours, counts)
    return
  }
  const counting = registry.filter(({ countsNeighbours }) => countsNeighbours).map(({ name }) => `'${name}'`)
  throw new ConfigurationError({
    code: 'NEIGHBOURS_UNUSED',
    message: `A number of neighbours (${neighbours}) is asked for, but none of ${names.join(', ')} counts neighbours.`,
    fix: `Leave it out, or ask for ${counting.join(' or ')} too.`,
  })
}

/** The metrics that say most of what can be said about a modality, of those that can be computed. */
export function defaultMetrics(
  view: View,
  offered: readonly string[],
  registry: readonly MetricDefinition[] = knownMetrics,
): string[] {
  return findMetrics(view.metrics, registry).flatMap(({ name, needs }) =>
    needs.every((need) => offered.includes(need)) ? [name] : [],
  )
}

/** Whether one of these metrics asks for more than samples of a modality have without an extractor. */
export function extractorNeeded(
  view: View,
  names: readonly string[],
  registry: readonly MetricDefinition[] = knownMetrics,
): boolean {
  if (view.ownFeatures !== undefined) return false
  const alone = { features: false, realSamples: true, logits: false, labels: false, mixture: false }
  const offered = view.offers({ ...alone, pairs: true, cycle: true, paths: true })
  return findMetrics(names, registry).some(({ needs }) => !needs.every((need) => offered.includes(need)))
}

/** Whether none of these metrics looks at single real samples, so that their statistics are enough. */
export function statisticsSuffice(
  names: readonly string[],
  registry: readonly MetricDefinition[] = knownMetrics,
): boolean {
  return findMetrics(names, registry).every(({ needs }) => !needs.includes('real features'))
}
