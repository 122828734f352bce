import { join } from 'node:path'
import type { BenchCase } from './cases/cases.ts'
import { compareLosses } from './compare-losses.ts'
import { EngineFailure, EngineProcess } from './engine-process.ts'
import { type EngineEntry, peakCommand } from './engines.ts'
import { type MeasureOptions, measure, type Outcome } from './measure.ts'
import { FLOPS_OF_PRODUCTS } from './peak.ts'
import { runTask, type TaskName, type TaskParameters, type TaskResult } from './run-task.ts'
import { median } from './statistics.ts'

export interface BenchOptions extends MeasureOptions {
  readonly engines: readonly EngineEntry[]
  readonly cases: readonly BenchCase[]
  readonly threads: number
  /** A folder for files of this run, removed after it. */
  readonly folder: string
}

/** A case with what every engine made of it. */
export interface MeasuredCase {
  readonly case: BenchCase
  /** Floating point operations of one step: matrix products and convolutions only. */
  readonly flops: number
  readonly outcomes: ReadonlyMap<string, Outcome>
  /** Engines that computed other losses than the first one. */
  readonly warnings: readonly string[]
}

/** A run of the benchmark: what several tables need is measured once. */
export class Bench {
  readonly options: BenchOptions
  #peak: Promise<number | undefined> | undefined
  #cases: Promise<MeasuredCase[]> | undefined

  constructor(options: BenchOptions) {
    this.options = options
  }

  log(message: string): void {
    this.options.onProgress(message)
  }

  /** GFLOP/s of a large matrix product in ONNX Runtime; undefined where that fails. */
  peakGflops(): Promise<number | undefined> {
    this.#peak ??= this.#measurePeak()
    return this.#peak
  }

  /** Every chosen engine at every chosen case. */
  measuredCases(): Promise<MeasuredCase[]> {
    this.#cases ??= this.#measureCases()
    return this.#cases
  }

  /** Runs something in a process of its own. */
  task<Name extends TaskName>(name: Name, parameters: TaskParameters<Name>): Promise<TaskResult<Name>> {
    return runTask(name, parameters, this.options.timeLimitMs)
  }

  async #measurePeak(): Promise<number | undefined> {
    try {
      const engine = await EngineProcess.start(peakCommand(this.options.threads), this.options.timeLimitMs)
      await engine.time(1)
      const { milliseconds } = await engine.time(5)
      engine.stop()
      return Math.round(FLOPS_OF_PRODUCTS / median(milliseconds) / 1e6)
    } catch (error) {
      if (!(error instanceof EngineFailure)) throw error
      this.log(`The peak was not measured: ${error.message}`)
      return undefined
    }
  }

  async #measureCases(): Promise<MeasuredCase[]> {
    const measured: MeasuredCase[] = []
    for (const benchCase of this.options.cases) {
      const startFile = join(this.options.folder, `${benchCase.name}.safetensors`)
      const feedsFile = join(this.options.folder, `${benchCase.name}-feeds.safetensors`)
      const { flops, cycle } = await this.task('prepare', { case: benchCase.name, startFile, feedsFile })
      const engines = this.options.engines.filter(({ cases }) => cases?.includes(benchCase.name) ?? true)
      const work = { case: benchCase, startFile, feedsFile, cycle, threads: this.options.threads }
      const outcomes = await measure(engines, work, this.options)
      for (const [engine, outcome] of outcomes) {
        if (outcome.status !== 'measured') continue
        const losses = outcome.losses.map((loss) => loss.toFixed(5)).join(', ')
        this.log(`losses of step 2 at batch ${outcome.batchSize}: ${engine} ${losses}`)
      }
      const warnings = compareLosses(outcomes)
      for (const warning of warnings) this.log(`WARNING: ${warning}`)
      measured.push({ case: benchCase, flops, outcomes, warnings })
    }
    return measured
  }
}
