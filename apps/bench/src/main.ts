#!/usr/bin/env node
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { GantryError } from '@gantry/core'
import { Command, InvalidArgumentError, Option } from 'commander'
import { Bench } from './bench.ts'
import { type BenchCase, cases, findCase } from './cases/cases.ts'
import { chooseEngines, findEngines } from './engines.ts'
import { inPackage } from './in-package.ts'
import { describeMachine, type Machine } from './machine.ts'
import { formatPart, updatePage } from './page.ts'
import { parseCount, parseNames, parserOfTables } from './parse-options.ts'
import type { BenchTable } from './tables/table.ts'
import { tables } from './tables/tables.ts'

interface Options {
  readonly json?: true
  readonly write?: true
  readonly engines?: readonly string[]
  readonly referenceBlas?: true
  readonly cases: readonly BenchCase[]
  readonly tables: readonly BenchTable[]
  readonly rounds: number
  readonly steps: number
  readonly budget: number
  readonly threads: number
  readonly timeLimit: number
}

function parseCases(text: string): BenchCase[] {
  try {
    return parseNames(text).map(findCase)
  } catch (error) {
    throw new InvalidArgumentError(GantryError.isInstance(error) ? error.message : String(error))
  }
}

const log = (message: string) => process.stderr.write(`${message}\n`)

function warnOfLoad({ loadBefore }: Machine): void {
  if (loadBefore <= 0.5) return
  log(`WARNING: this machine is busy (load average ${loadBefore}): the times will be too long, PyTorch's most.`)
}

async function main(options: Options): Promise<void> {
  const machine = describeMachine(options.threads)
  warnOfLoad(machine)
  const found = await findEngines(options.referenceBlas ?? false)
  const engines = options.engines === undefined ? found : chooseEngines(found, options.engines)
  const folder = mkdtempSync(join(tmpdir(), 'gantry-bench-'))
  try {
    await measureTables(new Bench({ ...benchOptions(options), engines, folder }), machine, options)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

const benchOptions = ({ rounds, steps, budget, timeLimit, threads, cases: chosen }: Options) => ({
  cases: chosen,
  threads,
  rounds,
  stepsPerRound: steps,
  budgetMs: budget * 1000,
  timeLimitMs: timeLimit * 1000,
  onProgress: log,
})

/** Each table appears as soon as it is there: what takes long may be stopped without losing what came before. */
async function measureTables(bench: Bench, machine: Machine, options: Options): Promise<void> {
  const date = new Date().toISOString()
  const peakGflops = await bench.peakGflops()
  const report: Record<string, unknown> = { date, machine, peakGflops }
  const page = inPackage('../../docs/benchmarks.md')
  const order = tables.map(({ name }) => name)
  for (const { name, title, measure } of options.tables) {
    const start = performance.now()
    try {
      const { data, sections } = await measure(bench)
      report[name] = data
      const part = formatPart({ name, title, sections }, machine, date, peakGflops)
      if (!options.json) process.stdout.write(`\n${part}\n`)
      if (options.write) writeFileSync(page, updatePage(page, new Map([[name, part]]), order))
    } catch (error) {
      if (!GantryError.isInstance(error)) throw error
      // The other tables do not depend on this one.
      report[name] = { failed: error.message }
      process.exitCode = 1
      log(`${name}: failed, ${error.message}`)
    }
    log(`${name}: ${((performance.now() - start) / 1000).toFixed(0)} s`)
  }
  if (options.write) log(`Wrote ${page}`)
  if (options.json) process.stdout.write(`${JSON.stringify(report, null, 2)}\n`)
}

const { version } = JSON.parse(readFileSync(inPackage('package.json'), 'utf8')) as { version: string }
const names = (all: readonly { readonly name: string }[]) => all.map(({ name }) => name).join(', ')

await new Command('bench')
  .description('Times training steps on every engine that is there, and what surrounds them.')
  .version(version)
  .option('--json', 'print one JSON object on standard output')
  .option('--write', 'write what was measured into docs/benchmarks.md')
  .addOption(
    new Option('--tables <names>', `of ${names(tables)}`).argParser(parserOfTables(tables)).default(tables, 'all'),
  )
  .addOption(new Option('--cases <names>', `of ${names(cases)}`).argParser(parseCases).default(cases, 'all'))
  .addOption(new Option('--engines <names>', 'or their beginnings: onnxruntime,pytorch; all').argParser(parseNames))
  .option('--reference-blas', "with Debian's reference BLAS, too: many times slower")
  .option('--rounds <count>', 'interleaved rounds', parseCount, 5)
  .option('--steps <count>', 'timed steps a round', parseCount, 3)
  .option('--budget <seconds>', 'for the timed steps of one engine at one case', parseCount, 30)
  .option('--threads <count>', 'threads of every engine', parseCount, 2)
  .option('--time-limit <seconds>', 'for one answer of one engine', parseCount, 300)
  .action(main)
  .parseAsync()
