import { type MessagePort, parentPort, workerData } from 'node:worker_threads'
import { HostServer } from '../host-server.ts'
import type { WorkerTask } from '../worker-protocol.ts'
import { NativeGate } from './native-gate.ts'

// The entry of the worker thread.

/** A worker's `workerData`. */
export interface WorkerData {
  /** Taken out by the worker, which would otherwise keep the bytes of graphs and initial values for good. */
  task?: WorkerTask
  /** Shared memory of the `NativeGate`. */
  readonly gate: Int32Array<SharedArrayBuffer>
}

const port: MessagePort = parentPort!
const data = workerData as WorkerData
const server = new HostServer((reply, transfer) => port.postMessage(reply, transfer), new NativeGate(data.gate))

function takeTask(): WorkerTask {
  const { task } = data
  delete data.task
  return task!
}

await server.create(takeTask())
port.on('message', (request) => server.answer(request))
