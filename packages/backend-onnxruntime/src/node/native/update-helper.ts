import { parentPort, workerData } from 'node:worker_threads'
import koffi from 'koffi'
import { type SharedWork, UpdateThread } from '../../updates/shared-work.ts'

// The entry of a thread that helps a training session with its updates.

/** A helper's `workerData`. */
export interface HelperData {
  readonly work: SharedWork
  readonly rooms: readonly number[]
}

const { work, rooms } = workerData as HelperData
const thread = new UpdateThread(work, (address, bytes) => new Uint8Array(koffi.view(address, bytes)), rooms)
parentPort!.postMessage('ready')
thread.help()
