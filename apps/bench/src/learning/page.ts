import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { CURVE_COLORS, type Curve, drawCurves } from '@gantry/reports/curves'
import { count, formatTable } from '../markdown.ts'
import type { LearningRun } from './learning-run.ts'
import { besideName } from './pictures.ts'
import { protocolFor } from './protocols.ts'
import type { LearningResult } from './result.ts'
import { type RowSummary, summarizeRows } from './summary.ts'
import type { LearningTable } from './tables/run-rows.ts'

type ById = ReadonlyMap<string, LearningResult>

const ABSENT = '–'

/** Scores that every table may have, in the order of their columns, as people read them. */
const COLUMNS: readonly (readonly [score: string, title: string, digits: number])[] = [
  ['psnr', 'PSNR ↑', 2],
  ['ssim', 'SSIM ↑', 3],
  ['l1', 'L1 ↓', 3],
  ['random-conv-distance', 'distance ↓', 3],
  ['mnist-frechet', 'Fréchet ↓', 3],
  ['random-conv-frechet', 'Fréchet ↓', 3],
  ['random-conv-kid', 'KID ↓', 4],
  ['cycle-error', 'cycle error, there ↓', 3],
  ['cycle-error-back', 'and back ↓', 3],
  ['precision', 'precision ↑', 2],
  ['recall', 'recall ↑', 2],
  ['mnist-label-accuracy', 'right digit ↑', 3],
  ['mnist-lowest-label-accuracy', 'worst digit ↑', 3],
  ['auroc', 'area under the curve ↑', 3],
  ['accuracy-real', 'accuracy, real alone ↑', 3],
  ['accuracy-generated', 'generated alone ↑', 3],
  ['accuracy-both', 'both ↑', 3],
  ['modes', 'modes ↑', 1],
  ['high-quality', 'high quality ↑', 3],
  ['mode-divergence', 'KL ↓', 3],
]

/** The page from all results there are: rows without one say so. */
export function formatPage(tables: readonly LearningTable[], results: ById): string {
  const written = tables.flatMap(({ runs }) => runs.flatMap(({ id }) => results.get(id) ?? []))
  return `${[
    '# Learning',
    'Written by `pnpm bench:learning --write` from the results in `apps/bench/learning`; how they come about: [apps/bench](../apps/bench/README.md#learning).',
    machineOf(written),
    ...tables.map((table) => formatLearningTable(table, results)),
  ].join('\n\n')}\n`
}

function machineOf(results: readonly LearningResult[]): string {
  const machines = [
    ...new Set(results.map(({ machine, threads }) => `${machine}, ${threads} thread${threads === 1 ? '' : 's'} a run`)),
  ]
  const dates = results.map(({ date }) => date).sort()
  if (machines.length === 0) return 'No run has a result yet.'
  const days = dates[0] === dates.at(-1) ? dates[0] : `${dates[0]} to ${dates.at(-1)}`
  return `Trained on ${machines.join('; ')}, from ${days}. Minutes are of training, without start, export and scoring. ⚠ marks rows that began on a machine with other work, ⏱ those whose time was over before their steps were done.`
}

function formatLearningTable({ name, title, about, runs }: LearningTable, results: ById): string {
  const wholes = [...new Set(runs.map(wholeOf))]
  const parts = wholes.map((each) => {
    const own = runs.filter((run) => wholeOf(run) === each)
    const heading = wholes.length > 1 ? `### ${each}\n\n` : ''
    return `${heading}${protocolFor(own[0]!.data).text}.\n\n${formatRows(summarizeRows(own, results))}`
  })
  const pictures = chartsOf({ name, runs }, results).map(
    ({ file, title: text }) => `![${text}](images/learning/${file})`,
  )
  return [`## ${title}`, about, ...parts, ...pictures, ...sideBySide(runs, results)].join('\n\n')
}

/** The data of a run, or those that they are a part of. */
const wholeOf = ({ data }: LearningRun) => data.replace(/^((without|few):[^,]*,|training:)/, '')

/** What runs and their twins drew, in a table of pictures. */
function sideBySide(runs: readonly LearningRun[], results: ById): string[] {
  const twins = runs.filter(({ id, twinOf }) => twinOf !== undefined && results.has(id))
  if (twins.length === 0) return []
  const picture = (id: string) => `![${id}](images/learning/${besideName(id)})`
  const rows = twins.map(({ id, row, twinOf }) => [`\`${row}\``, picture(twinOf!), picture(id)])
  return [formatTable(['after the same seconds', 'Gantry', 'PyTorch'], rows)]
}

function formatRows(rows: readonly RowSummary[]): string {
  const columns = COLUMNS.filter(([score]) => rows.some(({ scores }) => score in scores))
  const head = ['run', 'minutes', 'steps', ...columns.map(([, title]) => title), 'seeds']
  const numbers = (scores: RowSummary['scores']) =>
    columns.map(([score, , digits]) => (score in scores ? count(scores[score], digits) : ABSENT))
  const body = rows.flatMap((row) => {
    const missing = row.finished === 0
    const marks = `${row.load > BUSY ? ' ⚠' : ''}${row.outOfTime ? ' ⏱' : ''}`
    const own = [
      `\`${row.row}\`${marks}`,
      missing ? ABSENT : count(row.minutes, 1),
      missing ? ABSENT : count(row.steps),
      ...numbers(row.scores),
      seedsOf(row),
    ]
    const others = Object.entries(row.baselines).map(([name, scores]) => [name, '', '', ...numbers(scores), ''])
    return [own, ...others]
  })
  return formatTable(head, body)
}

/** A lane beside it is no other work. */
const BUSY = 3

function seedsOf({ finished, runs, main }: RowSummary): string {
  const seeds = finished === runs ? `${runs}` : `${finished} of ${runs}`
  if (finished < 2) return seeds
  const digits = main.name === 'modes' ? 0 : 3
  return `${seeds}: ${main.values.map((value) => count(value, digits)).join(', ')}`
}

interface Chart {
  readonly file: string
  readonly title: string
  readonly svg: string
}

function chartsOf({ name, runs }: Pick<LearningTable, 'name' | 'runs'>, results: ById): Chart[] {
  const withCurves = runs.filter(({ id }) => (results.get(id)?.curve.length ?? 0) > 1)
  const data = [...new Set(withCurves.map((run) => run.data))].filter((each) => protocolFor(each).better === 'lower')
  return data.map((each) => {
    const own = withCurves.filter((run) => run.data === each && firstSeed(run, runs))
    return {
      file: `${name}-${each.replaceAll(/[^\w.-]+/g, '-')}.svg`,
      title: `${protocolFor(each).main} over minutes of training on ${each}`,
      svg: drawCurves(curvesOf(own, results), {
        x: 'minutes',
        y: `${protocolFor(each).main} of ${count(protocolFor(each).curveCount)} samples`,
        ...{ logarithmic: true, marks: true, height: 440 },
      }),
    }
  })
}

const firstSeed = ({ row, seed }: LearningRun, runs: readonly LearningRun[]) =>
  runs.every((other) => other.row !== row || other.seed >= seed)

/** A twin is drawn with dashes, beside the run that it repeats. */
function curvesOf(runs: readonly LearningRun[], results: ById): Curve[] {
  const pointsOf = ({ curve }: LearningResult) => curve.map(({ seconds, value }) => [seconds / 60, value] as const)
  return runs.flatMap((run, index) => {
    const color = CURVE_COLORS[index % CURVE_COLORS.length]!
    const own = results.get(run.id)!
    const name = run.row.replace(`-${run.data}`, '')
    if (run.twinOf === undefined) return [{ name, color, points: pointsOf(own) }]
    const ours = results.get(run.twinOf)
    return [
      ...(ours ? [{ name, color, points: pointsOf(ours) }] : []),
      { name: `${name} in PyTorch`, color, points: pointsOf(own), dashed: true as const },
    ]
  })
}

/** Writes the page, and the charts beside it. */
export function writePage(path: string, tables: readonly LearningTable[], results: ById): void {
  const images = join(dirname(path), 'images', 'learning')
  mkdirSync(images, { recursive: true })
  const charts = tables.flatMap((table) => chartsOf(table, results))
  // Those of results that are no longer there would stay for ever.
  const stale = readdirSync(images).filter((name) => name.endsWith('.svg') && !charts.some(({ file }) => file === name))
  for (const name of stale) rmSync(join(images, name))
  for (const { file, svg } of charts) writeFileSync(join(images, file), svg)
  writeFileSync(path, formatPage(tables, results))
}
