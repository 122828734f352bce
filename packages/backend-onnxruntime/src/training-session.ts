import {
  type CompiledModel,
  checkFeeds,
  checkInputs,
  checkState,
  type DrawFeed,
  drawMissing,
  drawMissingInputs,
  type EngineReport,
  findFunction,
  findPhase,
  type NDArray,
  SessionLifecycle,
  type State,
  selectNames,
  type TrainableModel,
  type TrainingSession,
  type WriteStateOptions,
} from '@gantry/core'
import { copyFeeds } from './copies.ts'
import { toLogical, toPhysicalState } from './layout.ts'
import type { TrainingHost } from './training-host.ts'
import { callQueue, type WorkerClient } from './worker-client.ts'

/** What a session keeps of a compiled model: not its graphs and initial values, which may be large. */
type SessionModel = Pick<CompiledModel, 'name' | 'layouts'> &
  Pick<TrainableModel<undefined, never>, 'phases' | 'functions'>

type Feeds = Readonly<Record<string, NDArray>>

/** The contract's side of a session: checks what callers pass before it travels to the worker. */
export class OnnxTrainingSession implements TrainingSession {
  readonly report: EngineReport
  readonly #model: SessionModel
  readonly #worker: WorkerClient<TrainingHost>
  readonly #lifecycle: SessionLifecycle

  constructor(model: CompiledModel, worker: WorkerClient<TrainingHost>, report: EngineReport) {
    const { name, layouts, phases, functions } = model
    this.#model = {
      name,
      layouts,
      phases: phases.map((phase) => ({ ...phase, program: undefined })),
      functions: functions.map((each) => ({ ...each, program: undefined })),
    }
    this.#worker = worker
    this.report = report
    this.#lifecycle = new SessionLifecycle(name, callQueue())
  }

  run(phase: string, feeds: Feeds, draw?: DrawFeed): Promise<Record<string, number>> {
    return this.#lifecycle.call(async () => {
      const specs = findPhase(this.#model, phase).feeds
      const all = drawMissing(specs, feeds, draw)
      checkFeeds(`Phase '${phase}'`, specs, all)
      return this.#worker.call('run', phase, copyFeeds(all))
    })
  }

  evaluate(name: string, inputs: Feeds, draw?: DrawFeed): Promise<Record<string, NDArray>> {
    return this.#lifecycle.call(async () => {
      const ports = findFunction(this.#model, name).inputs
      const all = drawMissingInputs(ports, inputs, draw)
      checkInputs(`Function '${name}'`, ports, all)
      return this.#worker.call('evaluate', name, copyFeeds(all))
    })
  }

  readState(names?: readonly string[]): Promise<State> {
    return this.#lifecycle.call(async () => {
      const { layouts } = this.#model
      const all = Object.keys(layouts)
      const selected = names === undefined ? all : selectNames(this.#owner, all, names)
      const state = await this.#worker.call('readState', selected)
      // Here and not in the worker, which goes on with the next phase meanwhile.
      return Object.fromEntries(selected.map((each) => [each, toLogical(state[each]!, layouts[each]!)]))
    })
  }

  writeState(state: State, options: WriteStateOptions = {}): Promise<void> {
    return this.#lifecycle.call(async () => {
      checkState(this.#owner, this.#model.layouts, state, options)
      return this.#worker.call('writeState', toPhysicalState(this.#model.layouts, state))
    })
  }

  dispose(): Promise<void> {
    return this.#lifecycle.dispose(() => this.#worker.close())
  }

  get #owner(): string {
    return `the model '${this.#model.name}'`
  }
}
