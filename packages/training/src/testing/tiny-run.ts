import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type RunConfig, type RunConfigInput, runConfigSchema } from '../run-config.ts'
import { RunFolder } from '../run-folder.ts'
import { train } from '../train.ts'
import type { TrainOptions } from '../train-options.ts'
import { tinyDataset } from './tiny-dataset.ts'
import { type TinyOptions, TinySession, tinyModel } from './tiny-session.ts'

/** A folder of its own for every test. */
export function temporaryFolder(): Promise<string> {
  return mkdtemp(join(tmpdir(), 'gantry-training-'))
}

export function tinyConfig(changes: Partial<RunConfigInput> = {}): RunConfig {
  const defaults = { variant: 'tiny', data: 'tiny', batchSize: 8, steps: 20, logEvery: 5, sampleEvery: 10 }
  return runConfigSchema.parse({ ...defaults, checkpointEvery: 5, sampleCount: 9, ...changes })
}

/** Trains the tiny model in a new run folder, or goes on in one that is there. */
export async function trainTiny(
  run: RunFolder,
  {
    config = run.config,
    ...changes
  }: Partial<TrainOptions> & Partial<Pick<TinyOptions, 'learningRate' | 'delay'>> = {},
  sampleShape: readonly number[] = [2],
) {
  const { learningRate, delay, ...overrides } = changes
  const options = {
    batchSize: config.batchSize,
    sampleShape,
    ...(learningRate && { learningRate }),
    ...(delay && { delay }),
  }
  const model = tinyModel(options)
  const session = new TinySession(options)
  const outcome = await train({ model, session, dataset: tinyDataset(sampleShape), run, config, ...overrides })
  return { outcome, state: await session.readState() }
}

export async function newRun(changes: Partial<RunConfigInput> = {}): Promise<RunFolder> {
  return RunFolder.create(join(await temporaryFolder(), 'run'), tinyConfig(changes))
}
