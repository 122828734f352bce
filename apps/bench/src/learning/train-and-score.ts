import { existsSync } from 'node:fs'
import { readdir, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { findFunction, GantryError, type Port, TrainingError } from '@gantry/core'
import { beginRun, loadGenerator, RunFolder, readHistory, resolveConfig, trainRun } from '@gantry/runs'
import { type Moment, type Observer, type RunConfig, stepName } from '@gantry/training'
import { findVariant } from '@gantry/variants'
import { describeMachine } from '../machine.ts'
import { type LearningRun, MOMENTS, settingsOf } from './learning-run.ts'
import { makeSamples, readMade, writeMade } from './made-samples.ts'
import { protocolFor } from './protocols.ts'
import type { LearningResult } from './result.ts'
import { trainTwin } from './twin.ts'

/** What the process is asked for. */
export interface RunWork {
  readonly run: LearningRun
  readonly folder: string
  readonly threads: number
  /** Folder of the run that this one starts from. */
  readonly startsFrom?: string
  /** For a run that PyTorch repeats: its Python, and how many seconds ours took. */
  readonly twin?: { readonly python: string; readonly seconds: number }
}

const SEED = 0
const made = (folder: string) => join(folder, 'made')
const FINAL = 'final'

/** What training itself came to. */
export interface TrainedWork {
  readonly engine: string
  readonly steps: number
  readonly seconds: number
}

/**
 * Trains a run, or goes on with it where it was begun, until its steps are done or its time is over; then scores what it made.
 *
 * @throws TrainingError `BUDGET_TOO_SHORT` when the time is over before the first checkpoint, `RUN_DAMAGED`; and what training throws
 */
export async function trainAndScore(work: RunWork): Promise<LearningResult> {
  const { run, folder, threads } = work
  const { cpu, cores, loadBefore } = describeMachine(threads)
  const { engine, steps, seconds } = await trained(work)
  const protocol = protocolFor(run.data)
  const score = await protocol.open()
  const curve: LearningResult['curve'][number][] = []
  for (const name of protocol.curveCount > 0 ? await momentsIn(made(folder)) : []) {
    const samples = await readMade(made(folder), name)
    const value = (await score(samples, true))[protocol.main]!
    curve.push({ step: samples.step, seconds: samples.seconds, value })
  }
  return {
    version: 1,
    id: run.id,
    settings: settingsOf(run),
    engine,
    threads,
    machine: `${cpu}, ${cores} core${cores === 1 ? '' : 's'}`,
    date: new Date().toISOString().slice(0, 10),
    load: loadBefore,
    steps,
    seconds,
    protocol: protocol.text,
    ...(protocol.scoreRun
      ? await protocol.scoreRun(folder)
      : { scores: await score(await readMade(made(folder), FINAL), false) }),
    curve: curve.sort((left, right) => left.step - right.step),
    curveCount: protocol.curveCount,
    ...(run.twinOf === undefined && { verdicts: await verdictsOn(folder) }),
  }
}

async function trained(work: RunWork): Promise<TrainedWork> {
  try {
    return await (work.run.twinOf === undefined ? train(work) : trainTwin(work, made(work.folder)))
  } catch (error) {
    throw explained(error, work)
  }
}

async function momentsIn(folder: string): Promise<string[]> {
  const names = existsSync(folder) ? await readdir(folder) : []
  return names.flatMap((name) => (/^\d+\.json$/.test(name) ? [name.slice(0, -'.json'.length)] : []))
}

async function train({ run, folder, threads, startsFrom }: RunWork): Promise<TrainedWork> {
  const config = resolveConfig(findVariant(run.variant), {
    run: {
      ...{ data: run.data, seed: run.seed, steps: run.steps, batchSize: run.batchSize },
      ...{ logEvery: 50, checkpointEvery: firstCheckpoint(run), keepCheckpoints: 2 },
      ...{ sampleEvery: Math.ceil(run.steps / MOMENTS) },
      ...(startsFrom !== undefined && { initFrom: startsFrom }),
      ...run.settings,
    },
    options: run.options,
  })
  const resume = await isRunOf(folder, config)
  const before = resume ? await secondsOf(folder) : 0
  const { folder: runFolder, run: opened } = await beginRun(folder, config, { resume, threads })
  try {
    const budget = Math.max(0, run.minutes * 60 - before)
    const signal = AbortSignal.timeout(Math.round(budget * 1000))
    const observers = [momentObserver(run, made(folder), before)]
    const { step } = await trainRun(runFolder, opened, { observers, signal })
    if (step < Math.min(firstCheckpoint(run), run.steps)) throw tooShort(run, step)
    const seconds = await secondsOf(folder)
    const { report } = (await opened.stages[0]!.open()).session
    if (protocolFor(run.data).scoreRun === undefined) await makeFinal(run, folder, step, seconds)
    return { engine: `${report.engine} ${report.version}`, steps: step, seconds }
  } finally {
    await opened.dispose()
  }
}

/** Whether a folder has a run of this configuration, which then goes on; one of another is moved out of the way. */
async function isRunOf(folder: string, config: RunConfig): Promise<boolean> {
  if (!(await RunFolder.isRun(folder))) return false
  const found = (await RunFolder.open(folder)).config
  if (isDeepStrictEqual({ ...found, device: config.device }, config)) return true
  await rename(folder, `${folder}.before-${Date.now()}`)
  return false
}

/** Keeps samples of moments on the way; their drawing counts as training, as it does for twins. */
function momentObserver({ data, steps }: LearningRun, folder: string, before: number): Observer {
  const count = protocolFor(data).curveCount
  return {
    name: 'moments',
    every: count === 0 ? steps : Math.ceil(steps / MOMENTS),
    look: async (moment: Moment) => {
      if (count === 0) return undefined
      const { model, evaluate, step, secondsElapsed } = moment
      const { name, inputs, outputs } = findFunction(model, model.shown[0]!)
      const bound = (arrays: Parameters<typeof evaluate>[1], draw: Parameters<typeof evaluate>[2]) =>
        evaluate(name, arrays, draw)
      const samples = await makeSamples(bound, inputs, Object.entries(outputs)[0]!, { count, seed: SEED })
      return async () => {
        await writeMade(folder, stepName(step), { step, seconds: before + secondsElapsed, ...samples })
        return []
      }
    },
  }
}

async function makeFinal({ data }: LearningRun, folder: string, step: number, seconds: number): Promise<void> {
  const { evaluate, manifest, dispose } = await loadGenerator(folder, {})
  try {
    const output = Object.entries(manifest.outputs)[0] as readonly [string, Port]
    const samples = await makeSamples(evaluate, manifest.inputs, output, { count: protocolFor(data).count, seed: SEED })
    await writeMade(made(folder), FINAL, { step, seconds, ...samples })
  } finally {
    await dispose()
  }
}

/** Seconds of training in all attempts at a run, without what was lost between them. */
const secondsOf = async (folder: string) => (await readHistory(await RunFolder.open(folder))).seconds

async function verdictsOn(folder: string): Promise<string[]> {
  const { verdicts } = await readHistory(await RunFolder.open(folder))
  return verdicts.map(({ verdict }) => verdict)
}

/** Steps before which a run is no more than a start. */
const firstCheckpoint = ({ steps }: LearningRun) => Math.min(Math.ceil(steps / MOMENTS), 500)

function tooShort(run: LearningRun, step: number): Error {
  return new TrainingError({
    code: 'BUDGET_TOO_SHORT',
    message: `The ${run.minutes} minutes of ${run.id} were over after ${step} of ${run.steps} steps, before its first checkpoint at ${firstCheckpoint(run)}.`,
    fix: 'Give it more minutes: it goes on from there.',
  })
}

/** What cannot go on is told with what to do about it; everything else is left as it is. */
function explained(error: unknown, { run, folder }: RunWork): unknown {
  if (!GantryError.isInstance(error) || error.code !== 'CHECKPOINTS_DAMAGED') return error
  return new TrainingError({
    code: 'RUN_DAMAGED',
    message: `The run of ${run.id} cannot go on: ${error.message}`,
    fix: `Remove ${folder}: it is then trained from the start.`,
    cause: error,
  })
}
