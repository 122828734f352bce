import type { ClassRow, Score, ScoreProtocol } from '@gantry/metrics'
import type { Comparison } from '@gantry/runs'
import { escapeHtml, htmlTable, section } from '../html.ts'
import { baselinesOf } from '../text/baselines-of.ts'
import { formatInterval, formatValue } from '../text/format-value.ts'

/** The numbers. */
export function scoresSection(scores: readonly Score[], comparisons: readonly Comparison[] | undefined): string {
  const baselines = baselinesOf(scores)
  const head = [
    'score',
    'value',
    '95% interval',
    'deviation',
    ...baselines,
    ...(comparisons ? ['before'] : []),
    'better',
    'convention',
  ]
  const rows = scores.map(({ name, value, interval, standardDeviation, better, protocol, baselines: others = {} }) => [
    `<code class="number">${escapeHtml(name)}</code>`,
    `<span class="strong">${formatValue(value)}</span>`,
    `<span class="number">${interval ? formatInterval(interval) : '<span class="faint">—</span>'}</span>`,
    standardDeviation === undefined
      ? '<span class="faint">—</span>'
      : `<span class="number">± ${formatValue(standardDeviation)}</span>`,
    ...baselines.map((each) =>
      others[each] === undefined ? '<span class="faint">—</span>' : formatValue(others[each]),
    ),
    ...(comparisons ? [before(comparisons.find((each) => each.name === name))] : []),
    better,
    `<span class="faint">${escapeHtml(protocol.convention)}</span>`,
  ])
  const hint =
    'Intervals are bootstrapped over the generated samples; the deviation is that over splits or subsets, as the convention defines it. A bias of few samples is not part of either.'
  const beside =
    baselines.length === 0
      ? ''
      : ` Baselines (${baselines.join(', ')}) learned nothing: the source as it is, the source enlarged, what belongs to the most similar source of the training data.`
  return section('Scores', htmlTable(head, rows), hint + beside)
}

function before(comparison: Comparison | undefined): string {
  if (comparison === undefined) return '<span class="faint">—</span>'
  const { before: value, better, intervalsOverlap } = comparison
  const verdict = better === 'equal' ? 'equal' : better === 'b' ? 'better' : 'worse'
  const chance = intervalsOverlap ? ' <span class="faint">(within chance)</span>' : ''
  return `${formatValue(value)} <span class="${verdict}">${verdict}</span>${chance}`
}

/** How the classes fare. */
export function classesSection(classes: readonly ClassRow[] | undefined, predicted: boolean): string {
  if (classes === undefined) return ''
  const total = (key: 'realCount' | 'generatedCount') => classes.reduce((sum, row) => sum + row[key], 0)
  const [real, generated] = [total('realCount'), total('generatedCount')]
  const largest = Math.max(...classes.map((row) => Math.max(row.realCount / real, row.generatedCount / generated)))
  const bar = (kind: 'real' | 'generated', share: number) =>
    `<div class="bar ${kind}" style="width:${((100 * share) / largest).toFixed(1)}%"></div>`
  const percent = (share: number) => `${(100 * share).toFixed(1)}%`
  const rows = classes.map(({ label, realCount, generatedCount, frechetDistance }) => [
    escapeHtml(label),
    percent(realCount / real),
    percent(generatedCount / generated),
    `<div class="bars">${bar('real', realCount / real)}${bar('generated', generatedCount / generated)}</div>`,
    frechetDistance === undefined ? '<span class="faint">—</span>' : formatValue(frechetDistance),
  ])
  const head = [
    'class',
    '<span class="key real">real</span>',
    '<span class="key generated">generated</span>',
    'shares',
    'Fréchet distance',
  ]
  const hint = `${predicted ? 'Classes of generated samples are those that the classifier sees in them.' : 'Classes are the labels of both data sets.'} Distances between the samples of a class are of fewer samples than the score above: compare them with those of another evaluation, not with it.`
  return section('Classes', htmlTable(head, rows), hint)
}

/** Under which rules all this was computed. */
export function protocolSection(protocol: Omit<ScoreProtocol, 'metric' | 'convention'>): string {
  const names: Readonly<Record<string, string>> = {
    extractor: 'extractor',
    weights: 'weights',
    resizer: 'resizer',
    quantisation: 'images to 8 bits',
    real: 'real samples',
    realCount: 'number of real samples',
    generatedCount: 'number of generated samples',
    seed: 'seed',
    version: 'version of @gantry/metrics',
  }
  const rows = Object.entries(protocol).map(([key, value]) => [
    `<span class="faint">${names[key] ?? escapeHtml(key)}</span>`,
    `<code>${escapeHtml(String(value))}</code>`,
  ])
  return section('Protocol', htmlTable([], rows), 'Scores can be compared only where all of this is equal.')
}

export function warningsSection(warnings: readonly string[]): string {
  if (warnings.length === 0) return ''
  const list = warnings.map((warning) => `<li>${escapeHtml(warning)}</li>`).join('')
  return `<section class="warning"><ul>${list}</ul></section>`
}
