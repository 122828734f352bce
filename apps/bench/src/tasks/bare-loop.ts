import type { ModelManifest } from '@gantry/core'
import { supply } from '@gantry/modalities'
import * as ort from 'onnxruntime-node'
import { bareSessionOptions, toTensor } from '../bare-session.ts'

interface Parameters {
  readonly path: string
  readonly inputs: ModelManifest['inputs']
  readonly threads: readonly number[]
  readonly batchSizes: readonly number[]
  readonly seconds: number
}

/** A batch size with a number of threads, and how fast it is. */
export interface BareSpeed {
  readonly threads: number
  readonly batchSize: number
  readonly picturesPerSecond: number
  readonly millisecondsOfBatch: number
}

/** Batches that take longer are no use to anybody who waits. */
const LONGEST_MS = 1500

/** Runs a generator in onnxruntime-node again and again, with nothing around it: one session, one call after another. */
export async function run({ path, inputs, threads, batchSizes, seconds }: Parameters) {
  const speeds: BareSpeed[] = []
  for (const count of threads) {
    const session = await ort.InferenceSession.create(path, bareSessionOptions(count))
    for (const batchSize of batchSizes) {
      const supplied = supply(inputs, { seed: 0, from: 0, count: batchSize })
      const feeds = Object.fromEntries(Object.entries(supplied).map(([name, array]) => [name, toTensor(array)]))
      await session.run(feeds)
      const start = performance.now()
      let runs = 0
      while (performance.now() - start < 1000 * seconds) {
        await session.run(feeds)
        runs++
      }
      const millisecondsOfBatch = (performance.now() - start) / runs
      const picturesPerSecond = (1000 * batchSize) / millisecondsOfBatch
      speeds.push({ threads: count, batchSize, picturesPerSecond, millisecondsOfBatch })
      if (millisecondsOfBatch > LONGEST_MS) break
    }
    await session.release()
  }
  return { speeds }
}
