import { type MessagePort, parentPort, workerData } from 'node:worker_threads'
import { SerialQueue } from '@gantry/core'
import { encodeError } from './error-codec.ts'
import { InferenceHost } from './inference-host.ts'
import { NativeGate } from './native-gate.ts'
import { TrainingHost } from './training-host.ts'
import { transferables } from './transferables.ts'
import type { Reply, Request, WorkerData } from './worker-protocol.ts'

// The entry of the worker thread: creates the host that it was made for and answers calls of its methods, one at a time.

type Host = Readonly<Record<string, (...parameters: readonly unknown[]) => Promise<unknown>>>

const port: MessagePort = parentPort!
const data = workerData as WorkerData
const gate = new NativeGate(data.gate)
const queue = new SerialQueue()

function answer(id: number, compute: () => Promise<unknown>): Promise<void> {
  return queue.add(async () => {
    // The thread is about to be ended; its client rejects what is still pending.
    if (!gate.enter()) return
    let reply: Reply
    try {
      reply = { id, value: await compute() }
    } catch (error) {
      reply = { id, error: encodeError(error) }
    } finally {
      gate.leave()
    }
    port.postMessage(reply, 'value' in reply ? transferables(reply.value) : [])
  })
}

async function createHost(): Promise<Host> {
  const task = data.task!
  delete data.task
  const { settings } = task
  const host =
    task.kind === 'training' ? TrainingHost.create(task.model, settings) : InferenceHost.create(task.model, settings)
  return (await host) as unknown as Host
}

await answer(0, async () => {
  const host = await createHost()
  port.on('message', ({ id, method, parameters }: Request) => answer(id, () => host[method]!(...parameters)))
})
