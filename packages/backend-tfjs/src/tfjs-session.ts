import {
  checkFeeds,
  checkState,
  type DrawFeed,
  drawMissing,
  type EngineReport,
  findFunction,
  findPhase,
  type NDArray,
  SerialQueue,
  SessionLifecycle,
  type State,
  type TensorProgram,
  type TensorSpec,
  type TrainableModel,
  type TrainingSession,
} from '@gantry/core'
import * as tf from '@tensorflow/tfjs-core'
import { checkDType, specOf, toArray, toTensor } from './arrays.ts'
import { NamedNoise } from './named-noise.ts'
import { readScalars, runProgram } from './program-runner.ts'

// One queue for all sessions: they share TF.js's global engine and its current backend.
const queue = new SerialQueue()

/** Trains by running the programs themselves. The variables stay the caller's, and outlive the session. */
export class TfjsSession implements TrainingSession {
  readonly report: EngineReport
  readonly #model: TrainableModel<TensorProgram<tf.Tensor>, tf.Variable>
  readonly #backend: string
  readonly #variables: readonly tf.Variable[]
  readonly #specs: ReadonlyMap<string, ReturnType<typeof specOf>>
  readonly #lifecycle: SessionLifecycle

  /** @throws UnsupportedError `DTYPE_UNSUPPORTED` for a feed or variable that TF.js, or Gantry, cannot hold. */
  constructor(model: TrainableModel<TensorProgram<tf.Tensor>, tf.Variable>, backend: string, report: EngineReport) {
    for (const { name, feeds } of [...model.phases, ...model.functions]) {
      for (const [feed, spec] of Object.entries(feeds)) checkDType(`The feed '${feed}' of '${name}'`, spec.dtype)
    }
    this.#model = model
    this.#backend = backend
    this.report = report
    this.#lifecycle = new SessionLifecycle(model.name, queue)
    this.#variables = Object.values(model.variables)
    this.#specs = new Map(
      Object.entries(model.variables).map(([name, variable]) => [name, specOf(`The variable '${name}'`, variable)]),
    )
  }

  run(name: string, feeds: Readonly<Record<string, NDArray>>, draw?: DrawFeed): Promise<Record<string, number>> {
    return this.#enqueue(() => {
      const phase = findPhase(this.#model, name)
      const owner = `Phase '${name}'`
      const noise = new NamedNoise(owner, phase.feeds, feeds, draw)
      const declared = declaredOf(phase.feeds, drawMissing(phase.feeds, feeds, draw))
      checkFeeds(owner, phase.feeds, declared)
      const read = (results: Readonly<Record<string, tf.Tensor>>) => readScalars(owner, results)
      return runProgram(owner, this.#variables, phase.program, declared, noise, read)
    })
  }

  evaluate(name: string, feeds: Readonly<Record<string, NDArray>>): Promise<Record<string, NDArray>> {
    return this.#enqueue(() => {
      const definition = findFunction(this.#model, name)
      const owner = `Function '${name}'`
      const noise = new NamedNoise(owner, definition.feeds, feeds)
      const declared = declaredOf(definition.feeds, feeds)
      checkFeeds(owner, definition.feeds, declared)
      return runProgram(owner, this.#variables, definition.program, declared, noise, readArrays)
    })
  }

  readState(): Promise<State> {
    return this.#enqueue(() => readArrays(this.#model.variables))
  }

  writeState(state: State): Promise<void> {
    return this.#enqueue(async () => {
      checkState(`the model '${this.#model.name}'`, Object.fromEntries(this.#specs), state)
      tf.tidy(() => {
        for (const [name, variable] of Object.entries(this.#model.variables)) {
          variable.assign(toTensor(name, state[name]!))
        }
      })
    })
  }

  dispose(): Promise<void> {
    return this.#lifecycle.dispose()
  }

  #enqueue<Result>(task: () => Promise<Result>): Promise<Result> {
    return this.#lifecycle.call(async () => {
      // Another session, or the caller's own code, may have switched the global engine since the last call.
      if (tf.getBackend() !== this.#backend) await tf.setBackend(this.#backend)
      return task()
    })
  }
}

/** Without those that can only be noise: whether the program draws it is known after it has run. */
function declaredOf(
  specs: Readonly<Record<string, TensorSpec>>,
  feeds: Readonly<Record<string, NDArray>>,
): Record<string, NDArray> {
  return Object.fromEntries(Object.entries(feeds).filter(([name]) => name in specs))
}

async function readArrays(tensors: Readonly<Record<string, tf.Tensor>>): Promise<Record<string, NDArray>> {
  const arrays = Object.entries(tensors).map(async ([name, value]) => [name, await toArray(value)] as const)
  return Object.fromEntries(await Promise.all(arrays))
}
