import type { ModelSource } from '@gantry/core'
import type { EngineSettings } from './engine-settings.ts'
import type { EncodedError } from './error-codec.ts'
import type { HostedModel } from './training-host.ts'

/** What a worker is created for. */
export type WorkerTask =
  | { readonly kind: 'training'; readonly model: HostedModel; readonly settings: EngineSettings }
  | { readonly kind: 'inference'; readonly model: ModelSource; readonly settings: EngineSettings }
  | { readonly kind: 'probe'; readonly settings: EngineSettings }

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

/** A worker as its client sees it: `#platform/thread` starts one. */
export interface Thread {
  post(request: Request, transfer: ArrayBuffer[]): void
  /** Whether the worker keeps the process alive. */
  hold(isHeld: boolean): void
  /** Its host has been disposed: another task may have it, or it ends. Nothing is told about it any more. */
  leave(): Promise<void>
  /** Ends it, after the native call that it may be in; `onLost` has been called when this settles. */
  end(): Promise<void>
}

/** What a thread tells its client. */
export interface ThreadListeners {
  onReply(reply: Reply): void
  /** Once or more often; no reply comes after it. */
  onLost(reason: string): void
}
