#!/usr/bin/env node
import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { Command, InvalidArgumentError, Option } from 'commander'
import { type EngineEntry, engines, peakEngine } from './engines.ts'
import { measure, median, type Outcome } from './measure.ts'
import { FLOPS_OF_PRODUCTS } from './peak.ts'
import { describeMachine, formatPage, formatTable, type Report, summarize } from './report.ts'
import { BATCH_SIZE, flopsOfStep } from './tutorial.ts'

const CASE = `DCGAN step of the TensorFlow tutorial, 28×28, batch ${BATCH_SIZE}`

const NOTES = [
  'One step: one forward pass of each network, the gradients of both losses, both Adam updates; float32. Every engine starts from the same weights and sees the same batch.',
  'Dropout is left out in every engine.',
  `Share of peak counts the ${(flopsOfStep(BATCH_SIZE) / 1e9).toFixed(1)} GFLOP of matrix products and convolutions only (\`apps/bench/src/tutorial.ts\`).`,
  'Every engine has a process of its own; rounds are interleaved; memory is the largest resident size of that process.',
]

/** Engines round differently, and Adam amplifies that; a different step is further off. */
const LOSS_TOLERANCE = 0.005

interface Options {
  readonly json?: true
  readonly write?: true
  readonly engines?: readonly EngineEntry[]
  readonly rounds: number
  readonly steps: number
  readonly threads: number
  readonly timeLimit: number
}

function parseCount(text: string): number {
  const value = Number(text)
  if (!Number.isInteger(value) || value < 1) throw new InvalidArgumentError('Expected a whole number from 1.')
  return value
}

function parseEngines(text: string): EngineEntry[] {
  return text.split(',').map((name) => {
    const entry = engines.find((each) => each.name === name.trim())
    if (entry === undefined) {
      throw new InvalidArgumentError(`The engines are ${engines.map((each) => each.name).join(', ')}.`)
    }
    return entry
  })
}

const log = (message: string) => process.stderr.write(`${message}\n`)

/** Warns when engines that started alike computed different losses: their times would not be comparable. */
function compareLosses(outcomes: ReadonlyMap<string, Outcome>): void {
  const byBatch = new Map<number, { engine: string; losses: readonly number[] }>()
  for (const [engine, outcome] of outcomes) {
    if (outcome.status !== 'measured') continue
    const { batchSize, losses } = outcome
    const first = byBatch.get(batchSize)
    log(`losses of step 2 at batch ${batchSize}: ${engine} ${losses.map((loss) => loss.toFixed(5)).join(', ')}`)
    if (first === undefined) byBatch.set(batchSize, { engine, losses })
    else if (losses.some((loss, index) => Math.abs(loss - first.losses[index]!) > LOSS_TOLERANCE)) {
      log(`WARNING: ${engine} and ${first.engine} do not compute the same step.`)
    }
  }
}

async function main(options: Options): Promise<void> {
  const { threads, rounds } = options
  const common = { threads, rounds, timeLimitMs: options.timeLimit * 1000, onProgress: log }
  const machine = describeMachine(threads)
  if (machine.loadBefore > 0.5) {
    log(
      `WARNING: this machine is busy (load average ${machine.loadBefore}): the times will be too long, PyTorch's most.`,
    )
  }
  const peak = await measure({ ...common, engines: [peakEngine], stepsPerRound: 1, batchSize: 1 })
  const product = peak.get(peakEngine.name)!
  const peakGflops =
    product.status === 'measured' ? Math.round(FLOPS_OF_PRODUCTS / median(product.milliseconds) / 1e6) : undefined

  const outcomes = await measure({
    ...common,
    engines: options.engines ?? engines,
    stepsPerRound: options.steps,
    batchSize: BATCH_SIZE,
  })
  compareLosses(outcomes)

  const report: Report = {
    date: new Date().toISOString(),
    machine,
    ...(peakGflops !== undefined && { peakGflops }),
    cases: [{ name: CASE, results: summarize(outcomes, BATCH_SIZE, flopsOfStep(BATCH_SIZE), peakGflops) }],
  }
  if (options.write) {
    const page = fileURLToPath(new URL('../../../docs/benchmarks.md', import.meta.url))
    writeFileSync(page, formatPage(report, 'pnpm bench --write', NOTES))
    log(`Wrote ${page}`)
  }
  if (options.json) process.stdout.write(`${JSON.stringify(report, null, 2)}\n`)
  else {
    process.stdout.write(
      `\nPeak: ${peakGflops ?? '–'} GFLOP/s\n\n${CASE}\n${formatTable(report.cases[0]!.results)}\n\n`,
    )
    process.stdout.write(`${NOTES.map((note) => `- ${note}`).join('\n')}\n`)
  }
}

const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { version: string }

await new Command('bench')
  .description('Times one DCGAN training step on every engine that is there.')
  .version(version)
  .option('--json', 'print one JSON object on standard output')
  .option('--write', 'write docs/benchmarks.md')
  .addOption(new Option('--engines <names>', 'comma-separated; by default all').argParser(parseEngines))
  .option('--rounds <count>', 'interleaved rounds', parseCount, 5)
  .option('--steps <count>', 'timed steps a round', parseCount, 3)
  .option('--threads <count>', 'threads of every engine', parseCount, 2)
  .option('--time-limit <seconds>', 'for one answer of one engine', parseCount, 180)
  .action(main)
  .parseAsync()
