import { join } from 'node:path'
import { createOnnxRuntimeTraining } from '@gantry/backend-onnxruntime'
import { compileModel } from '@gantry/compiler'
import type { RunEvent } from '@gantry/core'
import { openDataset } from '@gantry/datasets'
import { RunFolder, runConfigSchema, train } from '@gantry/training'
import * as tf from '@tensorflow/tfjs-core'
import { buildVariant } from '../cases/build-case.ts'
import { drawFeeds } from '../cases/draw-feeds.ts'

interface Parameters {
  readonly threads: number
  readonly steps: number
  /** A folder for the run, which must not exist. */
  readonly folder: string
}

/**
 * Times a run of the `dcgan` variant on MNIST as a user starts it, and the same number of runs of its phases with feeds
 * that stay the same: half of them before, half after, so that a machine that changes its speed slows both.
 */
export async function run({ threads, steps, folder }: Parameters) {
  await tf.setBackend('cpu')
  const config = runConfigSchema.parse({ variant: 'dcgan', data: 'mnist', steps })
  const dataset = await openDataset(config.data)
  const source = { variant: config.variant, options: {}, sampleShape: dataset.sampleShape }
  const model = buildVariant(source, config.batchSize)
  const compiled = await compileModel(model)
  const session = await createOnnxRuntimeTraining({ device: 'cpu', threads }).prepare(compiled)
  const feeds = drawFeeds(compiled)
  const bare = async (count: number): Promise<number> => {
    const start = performance.now()
    for (let step = 0; step < count; step++) {
      for (const { name } of compiled.phases) await session.run(name, feeds[name]!)
    }
    return performance.now() - start
  }
  const half = Math.ceil(steps / 2)
  await bare(Math.min(10, half))
  const before = await bare(half)
  const runFolder = await RunFolder.create(join(folder, 'run'), config)
  const spent = { sample: 0, checkpoint: 0 }
  const start = performance.now()
  let last = start
  // A grid and a checkpoint are announced when they are written, each right after the event before it.
  const onEvent = ({ type }: RunEvent) => {
    const now = performance.now()
    if (type === 'sample' || type === 'checkpoint') spent[type] += now - last
    last = now
  }
  await train({ model, session, dataset, run: runFolder, config, onEvent })
  const trainMs = performance.now() - start
  const after = await bare(steps - half)
  await session.dispose()
  await dataset.dispose?.()
  return {
    trainMs,
    gridMs: spent.sample,
    checkpointMs: spent.checkpoint,
    bareMs: before + after,
    bareHalvesMs: [before, after],
  }
}
