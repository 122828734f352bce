import {
  checkFeeds,
  type EngineReport,
  type InferenceSession,
  type NamedTensorSpec,
  type NDArray,
  SessionLifecycle,
  type TensorSpec,
} from '@gantry/core'
import { copyFeeds } from './copies.ts'
import type { InferenceHost, ModelDescription } from './inference-host.ts'
import { callQueue, type WorkerClient } from './worker-client.ts'

/** The contract's side of a loaded model: checks what callers pass before it travels to the worker. */
export class OnnxInferenceSession implements InferenceSession {
  readonly report: EngineReport
  readonly inputs: readonly NamedTensorSpec[]
  readonly outputs: readonly NamedTensorSpec[]
  readonly metadata: Readonly<Record<string, string>>
  readonly #owner: string
  readonly #specs: Readonly<Record<string, TensorSpec>>
  readonly #worker: WorkerClient<InferenceHost>
  readonly #lifecycle: SessionLifecycle

  constructor(
    owner: string,
    { inputs, outputs, metadata }: ModelDescription,
    worker: WorkerClient<InferenceHost>,
    report: EngineReport,
  ) {
    this.#owner = owner
    this.inputs = inputs
    this.outputs = outputs
    this.metadata = metadata
    this.#specs = Object.fromEntries(inputs.map((input) => [input.name, input]))
    this.#worker = worker
    this.report = report
    this.#lifecycle = new SessionLifecycle(owner, callQueue())
  }

  run(feeds: Readonly<Record<string, NDArray>>): Promise<Record<string, NDArray>> {
    return this.#lifecycle.call(async () => {
      checkFeeds(`The model '${this.#owner}'`, this.#specs, feeds)
      return this.#worker.call('run', copyFeeds(feeds))
    })
  }

  dispose(): Promise<void> {
    return this.#lifecycle.dispose(() => this.#worker.terminate())
  }
}
