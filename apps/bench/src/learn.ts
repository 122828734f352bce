#!/usr/bin/env node
import { resolve } from 'node:path'
import { GantryError } from '@gantry/core'
import { Command, InvalidArgumentError, Option } from 'commander'
import { inPackage } from './in-package.ts'
import { writePage } from './learning/page.ts'
import { drawPictures, drawTwins } from './learning/pictures.ts'
import { type LearningResult, Results } from './learning/result.ts'
import { runAll } from './learning/run-all.ts'
import { summarizeRows } from './learning/summary.ts'
import type { LearningTable } from './learning/tables/run-rows.ts'
import { learningTables } from './learning/tables/tables.ts'
import { describeMachine } from './machine.ts'
import { parseCount, parseNames, parserOfTables } from './parse-options.ts'
import { findPyTorches } from './peers/pythons.ts'

interface Options {
  readonly tables: readonly LearningTable[]
  readonly rows?: readonly string[]
  readonly seeds?: readonly number[]
  readonly minutes?: number
  readonly lanes: number
  readonly threads: number
  readonly folder: string
  readonly results: string
  readonly train: boolean
  readonly write?: true
}

function parseMinutes(text: string): number {
  const value = Number(text)
  if (!(value > 0)) throw new InvalidArgumentError('Expected a number above 0.')
  return value
}

const log = (message: string) => process.stderr.write(`${new Date().toISOString().slice(11, 19)} ${message}\n`)
const everyRun = learningTables.flatMap((table) => table.runs)
/** Programs that want to run, above which a machine does other work. */
const BUSY = 1

/** Every result that there is, by the name of its run. */
function resultsOf(results: Results): Map<string, LearningResult> {
  return new Map(
    everyRun.flatMap((run) => {
      const result = results.read(run)
      return result ? [[run.id, result] as const] : []
    }),
  )
}

async function main(options: Options): Promise<void> {
  const { tables, rows, seeds, minutes, lanes, threads } = options
  const wanted = tables
    .flatMap((table) => table.runs)
    .filter(({ row, id }) => rows === undefined || rows.some((name) => row === name || id === name))
    .filter(({ seed }) => seeds === undefined || seeds.includes(seed))
    .map((run) => (minutes === undefined ? run : { ...run, minutes }))
  const results = new Results(resolve(options.results))
  const controller = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => controller.abort())
  let failed: ReadonlyMap<string, string> = new Map()
  if (options.train) {
    const { loadBefore } = describeMachine(threads)
    if (loadBefore > BUSY) log(`WARNING: this machine is busy (load average ${loadBefore}): runs will get less done.`)
    const [pyTorch] = await findPyTorches(false)
    const known = resultsOf(results)
    const work = { results, folder: resolve(options.folder), lanes, threads, log, known, signal: controller.signal }
    const outcome = await runAll(wanted, { ...work, ...(pyTorch && { python: pyTorch.executable }) })
    failed = outcome.failed
    if (controller.signal.aborted) {
      log('Interrupted: the same command goes on from here.')
      process.exitCode = 130
    }
  }
  const all = resultsOf(results)
  for (const { row, finished, runs, main: score } of summarizeRows(wanted, all)) {
    const values = score.values.map((value) => Number(value.toPrecision(3))).join(', ')
    process.stdout.write(`${row.padEnd(36)} ${finished} of ${runs}  ${score.name} ${values}\n`)
  }
  if (options.write) {
    const page = inPackage('../../docs/learning.md')
    writePage(page, learningTables, all)
    const folder = resolve(options.folder)
    const drawn = [
      ...(await drawPictures(
        everyRun.filter(({ id }) => all.has(id)),
        folder,
        inPackage('../../docs/images/variants'),
      )),
      ...(await drawTwins(everyRun, folder, inPackage('../../docs/images/learning'))),
    ]
    log(`Wrote ${page}, and ${drawn.length} pictures`)
  }
  if (failed.size > 0) process.exitCode = 1
}

const names = learningTables.map(({ name }) => name).join(', ')

try {
  await new Command('bench:learning')
    .description('Trains what the tables of docs/learning.md are made of: run by run, for hours; go on at any time.')
    .addOption(
      new Option('--tables <names>', `of ${names}`)
        .argParser(parserOfTables(learningTables))
        .default(learningTables, 'all'),
    )
    .addOption(new Option('--rows <names>', 'rows of them, or single runs; all').argParser(parseNames))
    .addOption(new Option('--seeds <numbers>', 'all').argParser((text) => parseNames(text).map(parseCount)))
    .option('--minutes <number>', 'instead of what each run has', parseMinutes)
    .option('--lanes <count>', 'runs side by side', parseCount, 2)
    .option('--threads <count>', 'of each run', parseCount, 1)
    .option('--folder <path>', 'of the runs themselves', inPackage('../../runs/learning'))
    .option('--results <path>', 'of their results', inPackage('learning'))
    .option('--no-train', 'only show and write what is there')
    .option('--write', 'write docs/learning.md')
    .action(main)
    .parseAsync()
} catch (error) {
  if (!GantryError.isInstance(error)) throw error
  process.stderr.write(`${error.message}\n`)
  process.exitCode = 1
}
