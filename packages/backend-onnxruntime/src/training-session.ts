import {
  type CompiledModel,
  ConfigurationError,
  checkFeeds,
  checkState,
  type EngineReport,
  type NDArray,
  type State,
  suggestion,
  type TensorSpec,
  type TrainingSession,
} from '@gantry/core'
import { Lifecycle } from './lifecycle.ts'
import type { TrainingHost } from './training-host.ts'
import type { WorkerClient } from './worker-client.ts'

type Feeds = Readonly<Record<string, NDArray>>

/** The contract's side of a session: checks what callers pass before it travels to the worker. */
export class OnnxTrainingSession implements TrainingSession {
  readonly report: EngineReport
  readonly #model: CompiledModel
  readonly #worker: WorkerClient<TrainingHost>
  readonly #lifecycle: Lifecycle

  constructor(model: CompiledModel, worker: WorkerClient<TrainingHost>, report: EngineReport) {
    this.#model = model
    this.#worker = worker
    this.report = report
    this.#lifecycle = new Lifecycle(model.name)
  }

  run(phase: string, feeds: Feeds): Promise<Record<string, number>> {
    return this.#lifecycle.call(async () => {
      checkFeeds(`Phase '${phase}'`, this.#feedsOf('phase', this.#model.phases, phase), feeds)
      return this.#worker.call('run', phase, feeds)
    })
  }

  evaluate(name: string, feeds: Feeds): Promise<Record<string, NDArray>> {
    return this.#lifecycle.call(async () => {
      checkFeeds(`Function '${name}'`, this.#feedsOf('function', this.#model.functions, name), feeds)
      return this.#worker.call('evaluate', name, feeds)
    })
  }

  readState(): Promise<State> {
    return this.#lifecycle.call(() => this.#worker.call('readState'))
  }

  writeState(state: State): Promise<void> {
    return this.#lifecycle.call(async () => {
      checkState(`the model '${this.#model.name}'`, this.#model.layouts, state)
      return this.#worker.call('writeState', state)
    })
  }

  dispose(): Promise<void> {
    // Ending the thread frees its sessions and state too.
    return this.#lifecycle.dispose(() => this.#worker.terminate())
  }

  #feedsOf(
    kind: 'phase' | 'function',
    items: readonly { readonly name: string; readonly feeds: Readonly<Record<string, TensorSpec>> }[],
    name: string,
  ) {
    const item = items.find((candidate) => candidate.name === name)
    if (item !== undefined) return item.feeds
    const names = items.map((candidate) => candidate.name)
    throw new ConfigurationError({
      code: kind === 'phase' ? 'PHASE_UNKNOWN' : 'FUNCTION_UNKNOWN',
      message: `The model '${this.#model.name}' has no ${kind} '${name}'.`,
      fix: suggestion(name, names),
    })
  }
}
