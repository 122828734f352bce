import { join } from 'node:path'
import { createOnnxRuntimeTraining } from '@gantry/backend-onnxruntime'
import { compileModel } from '@gantry/compiler'
import type { Batch, CompiledModel, RunEvent, TrainingSession } from '@gantry/core'
import { openDataset } from '@gantry/datasets'
import { RunFolder } from '@gantry/runs'
import { configureRun, train } from '@gantry/training'
import { buildModel, dcgan } from '@gantry/variants'
import * as tf from '@tensorflow/tfjs-core'
import { drawFeeds, type StepFeeds } from '../cases/draw-feeds.ts'

interface Parameters {
  readonly threads: number
  readonly steps: number
  /** Steps of the training loop between two blocks of as many bare ones. */
  readonly block: number
  /** A folder for the run, which must not exist. */
  readonly folder: string
}

interface Interleaved {
  readonly session: TrainingSession
  /** Times of the blocks. */
  readonly blocksMs: readonly number[]
}

/** A session that, before every so many steps of its user, takes time for something else. */
function interleaved(
  session: TrainingSession,
  { phase: first, every }: { readonly phase: string; readonly every: number },
  block: () => Promise<number>,
): Interleaved {
  const blocksMs: number[] = []
  let steps = 0
  let gate: Promise<unknown> = Promise.resolve()
  let lastRun: Promise<unknown> = Promise.resolve()
  return {
    blocksMs,
    session: {
      report: session.report,
      // The loop asks for runs before the last one has ended: a block begins after that, and the next run after the block.
      run: (phase, feeds, draw) => {
        if (phase === first && steps++ % every === 0) {
          const before = lastRun
          gate = gate.then(() => before).then(async () => blocksMs.push(await block()))
        }
        const own = gate.then(() => session.run(phase, feeds, draw))
        lastRun = own.catch(() => {})
        return own
      },
      evaluate: (name, inputs, draw) => session.evaluate(name, inputs, draw),
      readState: (names) => session.readState(names),
      writeState: (state, own) => session.writeState(state, own),
      dispose: () => session.dispose(),
    },
  }
}

/** Feeds with real samples in place of noise: a game that is lost in a few steps has other numbers, and other times. */
function withBatch({ phases }: CompiledModel, feeds: StepFeeds, batch: Batch): StepFeeds {
  return Object.fromEntries(
    phases.map((phase) => [
      phase.name,
      Object.fromEntries(
        Object.entries(feeds[phase.name]!).map(([name, drawn]) => {
          const { source } = phase.feeds[name]!
          return [name, source.from === 'batch' ? batch[source.field]! : drawn]
        }),
      ),
    ]),
  )
}

/**
 * Times a run of the `dcgan` variant on MNIST as a user starts it, and the same number of runs of its phases with feeds
 * that were made before: a block of these before every block of those, so that a machine that changes its speed slows both.
 */
export async function run({ threads, steps, block, folder }: Parameters) {
  await tf.setBackend('cpu')
  const config = configureRun(dcgan, { data: 'mnist', steps })
  const dataset = await openDataset(config.data)
  const model = buildModel(dcgan, config, dataset.fields)
  const compiled = await compileModel(model)
  const session = await createOnnxRuntimeTraining({ device: 'cpu', threads }).prepare(compiled)
  const prepared: StepFeeds[] = []
  for await (const batch of dataset.batches({ batchSize: config.batchSize, seed: 1 })) {
    prepared.push(withBatch(compiled, drawFeeds(compiled, dataset.fields, prepared.length), batch))
    if (prepared.length === block) break
  }
  const bareBlock = async (): Promise<number> => {
    const start = performance.now()
    // All asked for at once: the session runs one after the other, and waits for nobody in between.
    await Promise.all(prepared.flatMap((feeds) => compiled.phases.map(({ name }) => session.run(name, feeds[name]!))))
    return performance.now() - start
  }
  await bareBlock()

  const phase = compiled.phases[0]!.name
  const { session: shared, blocksMs } = interleaved(session, { phase, every: block }, bareBlock)
  const record = await RunFolder.create(join(folder, 'run'), { config })
  const spent = { sample: 0, checkpoint: 0 }
  const start = performance.now()
  let last = start
  // A grid and a checkpoint are announced when they are written, each right after the event before it.
  const onEvent = ({ type }: RunEvent) => {
    const now = performance.now()
    if (type === 'sample' || type === 'checkpoint') spent[type] += now - last
    last = now
  }
  await train({ model, session: shared, dataset, record, config, onEvent })
  const totalMs = performance.now() - start
  await session.dispose()
  await dataset.dispose?.()
  const bareMs = blocksMs.reduce((total, each) => total + each, 0)
  return { trainMs: totalMs - bareMs, gridMs: spent.sample, checkpointMs: spent.checkpoint, bareMs }
}
