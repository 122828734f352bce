import { type MessagePort, parentPort, workerData } from 'node:worker_threads'
import { HostServer } from '../host-server.ts'
import type { Request, WorkerTask } from '../worker-protocol.ts'
import { NativeGate } from './native-gate.ts'

// The entry of the worker thread.

/** A worker's `workerData`. */
export interface WorkerData {
  /** Shared memory of the `NativeGate`. */
  readonly gate: Int32Array<SharedArrayBuffer>
}

/** What a worker is sent: a task, calls of its host's methods, of which `dispose` is the last, and perhaps another task. */
export type WorkerMessage = { readonly task: WorkerTask } | Request

const port: MessagePort = parentPort!
const { gate } = workerData as WorkerData
const server = new HostServer((reply, transfer) => port.postMessage(reply, transfer), new NativeGate(gate))

port.on('message', (message: WorkerMessage) => {
  void ('task' in message ? server.create(message.task) : server.answer(message))
})
