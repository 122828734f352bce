import { fork } from 'node:child_process'
import { existsSync, mkdirSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { ConfigurationError, TrainingError } from '@gantry/core'
import { inPackage } from '../in-package.ts'
import { lastLine } from '../last-line.ts'
import type { LearningRun } from './learning-run.ts'
import type { LearningResult, Results } from './result.ts'
import type { RunWork } from './train-and-score.ts'

export interface RunAllOptions {
  readonly results: Results
  /** Folder of run folders: what was begun there goes on. */
  readonly folder: string
  /** Runs side by side. */
  readonly lanes: number
  readonly threads: number
  /** A Python that has PyTorch, for twins; without, they are left out. */
  readonly python?: string
  readonly log: (text: string) => void
  /** Results of runs that are not asked for now, by their names: twins and starts may be among them. */
  readonly known?: ReadonlyMap<string, LearningResult>
  readonly signal?: AbortSignal
  /** Does what one run is about; default: in a process of its own. */
  readonly work?: (work: RunWork, signal?: AbortSignal) => Promise<LearningResult>
}

/** What became of runs: those with a result, and why others have none. */
export interface Outcome {
  readonly done: ReadonlyMap<string, LearningResult>
  readonly failed: ReadonlyMap<string, string>
}

/**
 * Trains every run that has no result yet, some side by side, each in the order of the list; one that fails leaves the others alone.
 * May be ended and started again at any time.
 */
export async function runAll(runs: readonly LearningRun[], options: RunAllOptions): Promise<Outcome> {
  const { results, lanes, log, signal } = options
  const [done, failed] = [new Map<string, LearningResult>(), new Map<string, string>()]
  const waiting: LearningRun[] = []
  for (const run of runs) {
    const result = results.read(run)
    if (result) done.set(run.id, result)
    else waiting.push(run)
  }
  log(`${done.size} of ${runs.length} runs have their result, ${waiting.length} are to be trained.`)
  const unfinished = new Set(waiting.map(({ id }) => id))
  const ready = ({ startsFrom, twinOf }: LearningRun) =>
    [startsFrom, twinOf].every((other) => other === undefined || !unfinished.has(other))

  async function lane(): Promise<void> {
    while (waiting.length > 0 && !signal?.aborted) {
      const next = waiting.findIndex(ready)
      // Another lane is at the run that this one waits for.
      if (next === -1) return
      const [run] = waiting.splice(next, 1) as [LearningRun]
      const since = performance.now()
      try {
        const result = await trainOne(run, done, options)
        await results.write(result)
        done.set(run.id, result)
        log(`${run.id}: ${describe(result)}`)
      } catch (error) {
        if (signal?.aborted) return
        if (!(error instanceof Error)) throw error
        failed.set(run.id, error.message)
        log(`${run.id}: failed after ${seconds(since)} s: ${error.message}`)
      } finally {
        unfinished.delete(run.id)
      }
    }
  }
  // Lanes that found nothing to do at first come back when the others have made something ready.
  while (waiting.length > 0 && !signal?.aborted) await Promise.all(Array.from({ length: lanes }, lane))
  return { done, failed }
}

const seconds = (since: number) => ((performance.now() - since) / 1000).toFixed(0)

function describe({ steps, seconds: trained, scores }: LearningResult): string {
  const shown = Object.entries(scores).map(([name, value]) => `${name} ${Number(value.toPrecision(3))}`)
  return `${steps} steps in ${trained.toFixed(0)} s, ${shown.join(', ')}`
}

async function trainOne(
  run: LearningRun,
  done: ReadonlyMap<string, LearningResult>,
  { folder, threads, python, known, signal, work = inProcess }: RunAllOptions,
): Promise<LearningResult> {
  const own = join(folder, run.id)
  const release = lock(own, run.id)
  try {
    const twin =
      run.twinOf === undefined
        ? undefined
        : twinWork(run.twinOf, done.get(run.twinOf) ?? known?.get(run.twinOf), python)
    const startsFrom = run.startsFrom === undefined ? undefined : join(folder, run.startsFrom)
    return await work(
      { run, folder: own, threads, ...(twin && { twin }), ...(startsFrom !== undefined && { startsFrom }) },
      signal,
    )
  } finally {
    release()
  }
}

function twinWork(
  id: string,
  ours: LearningResult | undefined,
  python: string | undefined,
): NonNullable<RunWork['twin']> {
  if (python === undefined) {
    throw new ConfigurationError({
      code: 'PYTORCH_MISSING',
      message: 'No Python here can import torch.',
      fix: 'Name one that can in GANTRY_BENCH_PYTHONS.',
    })
  }
  if (ours === undefined) {
    throw new ConfigurationError({
      code: 'TWIN_UNTRAINED',
      message: `The run ${id}, which it is to repeat, has no result.`,
      fix: `Train that first: --rows ${id}.`,
    })
  }
  return { python, seconds: ours.seconds }
}

/**
 * Marks a run's folder as being worked on.
 *
 * @returns what takes the mark away
 * @throws ConfigurationError `RUN_BUSY` when a process that is alive has marked it
 */
export function lock(folder: string, id: string): () => void {
  mkdirSync(join(folder, '..'), { recursive: true })
  const path = `${folder}.lock`
  if (existsSync(path)) {
    const holder = Number(readFileSync(path, 'utf8'))
    if (isAlive(holder)) {
      throw new ConfigurationError({
        code: 'RUN_BUSY',
        message: `${id} is being trained by process ${holder}.`,
        fix: 'Wait until that has ended, or end it: the run goes on from its last checkpoint.',
      })
    }
    rmSync(path)
  }
  const file = openSync(path, 'wx')
  writeSync(file, String(process.pid))
  return () => rmSync(path, { force: true })
}

function isAlive(pid: number): boolean {
  if (!Number.isInteger(pid) || pid < 1) return false
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/** In a process of its own, which ends with this one. */
function inProcess(work: RunWork, signal?: AbortSignal): Promise<LearningResult> {
  return new Promise((resolve, reject) => {
    const child = fork(inPackage('dist/learning/train-process.js'), [JSON.stringify(work)], {
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      ...(signal && { signal }),
    })
    let errors = ''
    child.stderr!.setEncoding('utf8').on('data', (text: string) => {
      errors = (errors + text).slice(-2000)
    })
    child.on('message', (message: { readonly result: LearningResult } | { readonly error: string }) => {
      if ('result' in message) resolve(message.result)
      else reject(new TrainingError({ code: 'RUN_FAILED', message: message.error }))
    })
    child.on('error', reject)
    child.on('close', (code) => {
      reject(new TrainingError({ code: 'RUN_FAILED', message: `its process ended with ${code}: ${lastLine(errors)}` }))
    })
  })
}
