import type { Worker } from 'node:worker_threads'
import { float32, type State } from '@gantry/core'
import { expect, onTestFinished, test } from 'vitest'
import type { InferenceHost } from '../inference-host.ts'
import { probeModel } from '../probe-model.ts'
import { compiledReferenceModel } from '../testing/reference-graphs.ts'
import { hostedModel, type TrainingHost } from '../training-host.ts'
import { WorkerClient } from '../worker-client.ts'

const settings = { device: 'cpu', threads: 1 } as const

const startTraining = () =>
  WorkerClient.start<TrainingHost>({ kind: 'training', model: hostedModel(compiledReferenceModel()), settings })
const startInference = () =>
  WorkerClient.start<InferenceHost>({ kind: 'inference', model: probeModel.slice(), settings })

/** Threads that were started since. */
function startedThreads(): Worker[] {
  const threads: Worker[] = []
  const onWorker = (thread: Worker) => threads.push(thread)
  process.on('worker', onWorker)
  onTestFinished(() => void process.off('worker', onWorker))
  return threads
}

/** A session in a thread that it was started for: those that other tests left behind are ended. */
async function startFresh() {
  const threads = startedThreads()
  for (;;) {
    const client = await startTraining()
    if (threads.length > 0) return { client, threads }
    await client.terminate()
  }
}

const names = Object.keys(compiledReferenceModel().variables)

test('a thread whose session is closed serves the next, of whatever kind, as if it were new', async () => {
  const { client: first, threads } = await startFresh()
  const initial: State = await first.call('readState', names)
  await first.call('run', 'decay', { rate: float32([], [0.5]) })
  const once: State = await first.call('readState', names)
  expect(once).not.toEqual(initial)
  await first.close()

  const inference = await startInference()
  expect((await inference.call('describe')).inputs.map(({ name }) => name)).toEqual(['x'])
  await inference.close()

  const last = await startTraining()
  expect(await last.call('readState', names)).toEqual(initial)
  await last.call('run', 'decay', { rate: float32([], [0.5]) })
  expect(await last.call('readState', names)).toEqual(once)
  expect(threads).toHaveLength(1)
  await last.terminate()
})

test('a thread serves one session at a time, and a closed session has none', async () => {
  const { client: first, threads } = await startFresh()
  const second = await startTraining()
  expect(threads).toHaveLength(2)
  await first.close()
  await expect(first.call('readState', names)).rejects.toMatchObject({ code: 'WORKER_LOST' })
  const third = await startTraining()
  await first.close()
  expect(Object.keys(await third.call('readState', names))).toEqual(names)
  expect(threads).toHaveLength(2)
  for (const client of [second, third]) await client.terminate()
  await (await startTraining()).terminate()
  expect(threads).toHaveLength(3)
})
