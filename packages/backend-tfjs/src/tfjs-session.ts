import {
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
  SerialQueue,
  SessionLifecycle,
  type State,
  selectNames,
  type TensorProgram,
  type TensorSpec,
  type TrainableModel,
  type TrainingSession,
  type WriteStateOptions,
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
    for (const { name, feeds } of model.phases) checkDTypes(`'${name}'`, feeds)
    for (const { name, inputs } of model.functions) checkDTypes(`'${name}'`, inputs)
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

  evaluate(name: string, inputs: Readonly<Record<string, NDArray>>, draw?: DrawFeed): Promise<Record<string, NDArray>> {
    return this.#enqueue(() => {
      const definition = findFunction(this.#model, name)
      const owner = `Function '${name}'`
      const noise = new NamedNoise(owner, definition.inputs, inputs, draw)
      const declared = declaredOf(definition.inputs, drawMissingInputs(definition.inputs, inputs, draw))
      checkInputs(owner, definition.inputs, declared)
      return runProgram(owner, this.#variables, definition.program, declared, noise, readArrays)
    })
  }

  readState(names?: readonly string[]): Promise<State> {
    return this.#enqueue(async () => {
      const { variables } = this.#model
      if (names === undefined) return readArrays(variables)
      const selected = selectNames(this.#owner, Object.keys(variables), names)
      return readArrays(Object.fromEntries(selected.map((name) => [name, variables[name]!])))
    })
  }

  writeState(state: State, options: WriteStateOptions = {}): Promise<void> {
    return this.#enqueue(async () => {
      checkState(this.#owner, Object.fromEntries(this.#specs), state, options)
      tf.tidy(() => {
        for (const [name, array] of Object.entries(state)) this.#model.variables[name]!.assign(toTensor(name, array))
      })
    })
  }

  dispose(): Promise<void> {
    return this.#lifecycle.dispose()
  }

  get #owner(): string {
    return `the model '${this.#model.name}'`
  }

  #enqueue<Result>(task: () => Promise<Result>): Promise<Result> {
    return this.#lifecycle.call(async () => {
      // Another session, or the caller's own code, may have switched the global engine since the last call.
      if (tf.getBackend() !== this.#backend) await tf.setBackend(this.#backend)
      return task()
    })
  }
}

function checkDTypes(program: string, specs: Readonly<Record<string, Pick<TensorSpec, 'dtype'>>>): void {
  for (const [name, { dtype }] of Object.entries(specs)) checkDType(`The input '${name}' of ${program}`, dtype)
}

/** Without those that can only be noise: whether the program draws it is known after it has run. */
function declaredOf(
  declared: Readonly<Record<string, unknown>>,
  feeds: Readonly<Record<string, NDArray>>,
): Record<string, NDArray> {
  return Object.fromEntries(Object.entries(feeds).filter(([name]) => name in declared))
}

async function readArrays(tensors: Readonly<Record<string, tf.Tensor>>): Promise<Record<string, NDArray>> {
  const arrays = Object.entries(tensors).map(async ([name, value]) => [name, await toArray(value)] as const)
  return Object.fromEntries(await Promise.all(arrays))
}
