import { counted, GantryError } from '@gantry/core'
import { gantryVersion, RunFolder, type RunHistory, readHistory } from '@gantry/runs'
import { warningsSection } from '../evaluation/tables.ts'
import { escapeHtml, htmlPage, htmlTable, section } from '../html.ts'
import { describeReached } from '../text/describe-reached.ts'
import { roundedSpeed } from '../text/rounded-speed.ts'
import { chartSections, chartsOf, type RunChart } from './curve-sections.ts'
import { filmScript, filmSection } from './film.ts'
import { generatorSections } from './generator-sections.ts'
import { verdictSection } from './verdict-section.ts'

export interface RunReport {
  /** The page: it needs no other file. */
  readonly html: string
  /** Its curves, each an SVG. */
  readonly charts: readonly RunChart[]
  readonly history: RunHistory
  /** How far it has come, in words. */
  readonly reached: string
}

/**
 * What a run has come to, as one HTML page: its curves, its grids over time, interpolations, nearest neighbours in the data, its
 * configuration. A run that still goes on is reported as far as it got, and the page says so.
 *
 * @throws ConfigurationError `RUN_MISSING`; StorageError
 *
 * @example
 * ```ts
 * const { html } = await runReport('runs/mine')
 * await writeFile('report.html', html)
 * ```
 */
export async function runReport(path: string): Promise<RunReport> {
  const run = await RunFolder.open(path)
  const history = await readHistory(run)
  const charts = chartsOf(history)
  const { config } = run
  const title = `${config.variant} on ${config.data}`
  const body = [
    `<h1>${escapeHtml(title)}</h1><p class="subtitle">${escapeHtml(summaryOf(run, history))}</p>`,
    warningsSection(notesOf(run, history)),
    verdictSection(history),
    chartSections(charts),
    await filmSection(path, history),
    // What goes wrong in one part is said in its place: the rest of the page is worth having.
    ...(await generatorSections(run).catch((error) => [failed(error)])),
    configurationSection(run),
    `<footer>${escapeHtml(`gantry ${gantryVersion} report ${path}, ${new Date().toISOString().slice(0, 16).replace('T', ' ')} UTC`)}</footer>`,
  ]
  const html = htmlPage(title, body.filter((part) => part !== '').join('\n'), filmScript)
  return { html, charts, history, reached: describeReached(run, history) }
}

function summaryOf(run: RunFolder, history: RunHistory): string {
  const { steps, seconds, start } = history
  if (isImported(run, history)) return describeReached(run, history)
  const engine = start ? `${start.engine.engine} ${start.engine.version} on ${start.engine.device}` : 'no engine yet'
  const speed = steps.at(-1)?.samplesPerSecond
  const parts = [
    describeReached(run, history),
    `${(seconds / 60).toFixed(1)} minutes of training`,
    ...(speed === undefined ? [] : [`${counted(roundedSpeed(speed), 'sample')} a second`]),
    engine,
    `seed ${run.config.seed}`,
  ]
  return parts.join(' · ')
}

/** Whether all that there is are networks of others: a run that has nothing to tell, and never will. */
function isImported({ origin }: RunFolder, { steps }: RunHistory): boolean {
  return origin !== undefined && steps.length === 0
}

function notesOf(run: RunFolder, history: RunHistory): string[] {
  const { outcome, warnings, steps } = history
  const told = [...new Set(warnings.map(({ step, message }) => `Step ${step}: ${message}`))]
  if (outcome !== 'unfinished' || isImported(run, history)) return told
  const state =
    steps.length === 0
      ? 'This run has told nothing yet.'
      : 'This run still goes on, or was ended by force: what is here is what it had told until then.'
  return [state, ...told]
}

function failed(error: unknown): string {
  const message = GantryError.isInstance(error) ? error.message : String(error)
  return warningsSection([`What the generator draws cannot be shown: ${message}`])
}

function configurationSection({ config }: RunFolder): string {
  const { options, dataOptions, bind, ...run } = config
  const rows = Object.entries({ ...run, ...dataOptions, ...bind, ...options }).map(([key, value]) => [
    `<span class="faint">${escapeHtml(key)}</span>`,
    `<code>${escapeHtml(typeof value === 'string' ? value : JSON.stringify(value))}</code>`,
  ])
  return section('Configuration', htmlTable([], rows), 'Everything that decides the numbers of this run.')
}
