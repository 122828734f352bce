import {
  checkFeeds,
  type EngineReport,
  type InferenceSession,
  type NamedTensorSpec,
  type NDArray,
  SerialQueue,
  SessionLifecycle,
  type TensorSpec,
} from '@gantry/core'
import { GroupedRuns, LARGEST_GROUP } from './grouped-runs.ts'
import type { InferenceHost, ModelDescription } from './inference-host.ts'
import type { WorkerClient } from './worker-client.ts'

/** The contract's side of a loaded model: checks what callers pass before it travels to the worker. */
export class OnnxInferenceSession implements InferenceSession {
  readonly report: EngineReport
  readonly inputs: readonly NamedTensorSpec[]
  readonly outputs: readonly NamedTensorSpec[]
  readonly metadata: Readonly<Record<string, string>>
  readonly #owner: string
  readonly #specs: Readonly<Record<string, TensorSpec>>
  readonly #worker: WorkerClient<InferenceHost>
  readonly #runs: GroupedRuns
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
    this.#runs = new GroupedRuns(worker)
    this.report = report
    this.#lifecycle = new SessionLifecycle(owner, new SerialQueue(2 * LARGEST_GROUP))
  }

  run(feeds: Readonly<Record<string, NDArray>>): Promise<Record<string, NDArray>> {
    return this.#lifecycle.call(async () => {
      checkFeeds(`The model '${this.#owner}'`, this.#specs, feeds)
      return this.#runs.run(feeds)
    })
  }

  dispose(): Promise<void> {
    return this.#lifecycle.dispose(() => this.#worker.close())
  }
}
