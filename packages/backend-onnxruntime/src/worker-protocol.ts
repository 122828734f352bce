import type { ModelSource } from '@gantry/core'
import type { EngineSettings } from './engine-settings.ts'
import type { EncodedError } from './error-codec.ts'
import type { HostedModel } from './training-host.ts'

/** What a worker is created for. */
export type WorkerTask =
  | { readonly kind: 'training'; readonly model: HostedModel; readonly settings: EngineSettings }
  | { readonly kind: 'inference'; readonly model: ModelSource; readonly settings: EngineSettings }

/** A worker's `workerData`. */
export interface WorkerData {
  /** Taken out by the worker, which would otherwise keep the bytes of graphs and initial values for good. */
  task?: WorkerTask
  /** Shared memory of the `NativeGate`. */
  readonly gate: Int32Array<SharedArrayBuffer>
}

/** One call of a host's method. */
export interface Request {
  readonly id: number
  readonly method: string
  readonly parameters: readonly unknown[]
}

/** The answer to the request of the same id; id 0 answers the creation of the host. */
export type Reply =
  | { readonly id: number; readonly value: unknown }
  | { readonly id: number; readonly error: EncodedError }
