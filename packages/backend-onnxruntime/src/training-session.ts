import {
  type CompiledModel,
  checkFeeds,
  checkState,
  type DrawFeed,
  drawMissing,
  type EngineReport,
  findFunction,
  findPhase,
  type NDArray,
  SessionLifecycle,
  type State,
  type TrainingSession,
} from '@gantry/core'
import type { TrainingHost } from './training-host.ts'
import type { WorkerClient } from './worker-client.ts'

type Feeds = Readonly<Record<string, NDArray>>

/** The contract's side of a session: checks what callers pass before it travels to the worker. */
export class OnnxTrainingSession implements TrainingSession {
  readonly report: EngineReport
  readonly #model: CompiledModel
  readonly #worker: WorkerClient<TrainingHost>
  readonly #lifecycle: SessionLifecycle

  constructor(model: CompiledModel, worker: WorkerClient<TrainingHost>, report: EngineReport) {
    this.#model = model
    this.#worker = worker
    this.report = report
    this.#lifecycle = new SessionLifecycle(model.name)
  }

  run(phase: string, feeds: Feeds, draw?: DrawFeed): Promise<Record<string, number>> {
    return this.#lifecycle.call(async () => {
      const specs = findPhase(this.#model, phase).feeds
      const all = drawMissing(specs, feeds, draw)
      checkFeeds(`Phase '${phase}'`, specs, all)
      return this.#worker.call('run', phase, all)
    })
  }

  evaluate(name: string, feeds: Feeds): Promise<Record<string, NDArray>> {
    return this.#lifecycle.call(async () => {
      checkFeeds(`Function '${name}'`, findFunction(this.#model, name).feeds, feeds)
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
}
