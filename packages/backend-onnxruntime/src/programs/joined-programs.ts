import { ModelFormatError, type NamedTensorSpec, type NDArray, ndarray, type State } from '@gantry/core'
import { createModel, decodeModel, encodeModel, type Graph, int64Vector, OPSET, workingGraph } from '@gantry/onnx'
import type { EngineSettings } from '../engine-settings.ts'
import { messageOf } from '../load-session.ts'
import type { HeldTensor, LoadedGraph, Runtime, Tensors } from '../runtime.ts'
import { CHOICE, chooseGraph, type JoinableGraph, type JoinedGraph, joinedName } from './choose-graph.ts'
import { checkProgram, type HostedProgram, type LoadedPrograms, ownerOf } from './hosted-program.ts'

/**
 * Programs in one session, which share its memory and its threads: a session never gives back what it has taken, so
 * several would keep the sum of their peaks instead of the largest.
 */
export class JoinedPrograms implements LoadedPrograms {
  readonly #runtime: Runtime
  readonly #loaded: LoadedGraph
  readonly #variables: readonly (readonly [own: string, joined: string])[]
  /** Outputs of every program: its own names, and those of the session. */
  readonly #outputs: readonly (readonly (readonly [own: string, joined: string])[])[]
  readonly #inPlace: JoinedGraph['inPlace']
  /** Outputs of every program that replace state, if the runtime writes into what it is given, and the variables. */
  readonly #written: readonly (readonly (readonly [own: string, variable: string])[])[]
  /** Empty values for all feeds: a session wants every input, whichever program runs. */
  readonly #absent: Tensors
  /** What says which program is to run. */
  readonly #choices: readonly Tensors[]

  /** @throws ModelFormatError for a graph that cannot be loaded or lacks a value that its program names. */
  static async load(
    runtime: Runtime,
    programs: readonly HostedProgram[],
    state: State,
    settings: EngineSettings,
  ): Promise<JoinedPrograms> {
    const own = programs.map((program) => ({
      graph: readGraph(program, state),
      stateOf: new Map(program.reads.map(({ state: name, value }) => [value, name])),
      written: writtenAlone(program),
    }))
    const joined = chooseGraph(own, runtime.writesInPlace)
    const owners = programs.map(ownerOf).join(', ')
    const loaded = await runtime.load(owners, encodeModel(createModel(joined.graph)), settings)
    return new JoinedPrograms(runtime, loaded, joined, own)
  }

  private constructor(
    runtime: Runtime,
    loaded: LoadedGraph,
    { variables, feeds, inPlace }: JoinedGraph,
    programs: readonly JoinableGraph[],
  ) {
    this.#runtime = runtime
    this.#loaded = loaded
    this.#inPlace = inPlace
    this.#variables = variables.map((name) => [name, joinedName.state(name)] as const)
    this.#written = programs.map(({ written }) => (runtime.writesInPlace ? [...written] : []))
    this.#outputs = programs.map(({ graph }, index) =>
      graph.outputs.map(({ name }) => [name, joinedName.output(index, name)] as const),
    )
    this.#absent = runtime.hold(Object.fromEntries(feeds.map((feed) => [feed.name, emptyArray(feed)])))
    this.#choices = programs.map((_, index) => runtime.hold({ [CHOICE]: int64Vector([index]) }))
  }

  async run(index: number, feeds: Tensors, state: ReadonlyMap<string, HeldTensor>): Promise<Tensors> {
    const inputs: Record<string, HeldTensor> = { ...this.#absent, ...this.#choices[index]! }
    for (const [name, joined] of this.#variables) inputs[joined] = state.get(name)!
    for (const [name, tensor] of Object.entries(feeds)) inputs[joinedName.feed(index, name)] = tensor
    const names = this.#outputs[index]!
    const made: HeldTensor[] = []
    const into = this.#written[index]!.map(([own, name]): [string, HeldTensor] => {
      const old = state.get(name)!
      if (this.#inPlace[index]!.has(own)) return [joinedName.output(index, own), old]
      const room = this.#runtime.room(old)
      made.push(room)
      return [joinedName.output(index, own), room]
    })
    const joined = names.map(([, joined]) => joined)
    const outputs = await this.#loaded.run(inputs, joined, new Map(into)).catch((error: unknown) => {
      this.#runtime.free(made)
      throw error
    })
    return Object.fromEntries(names.map(([name, joined]) => [name, outputs[joined]!]))
  }

  overwrites(index: number): boolean {
    return this.#inPlace[index]!.size > 0
  }

  async release(): Promise<void> {
    await this.#loaded.release()
    this.#runtime.free([this.#absent, ...this.#choices].flatMap((tensors) => Object.values(tensors)))
  }
}

function readGraph(program: HostedProgram, state: State): Graph {
  let graph: Graph
  try {
    graph = decodeModel(program.graph).graph
  } catch (cause) {
    throw new ModelFormatError({
      code: 'MODEL_UNREADABLE',
      message: `${ownerOf(program)} is no ONNX model that can be read: ${messageOf(cause)}`,
      fix: 'Compile the model again.',
      cause,
    })
  }
  // Programs become branches of one graph, which has one operator set.
  graph = workingGraph(graph, ownerOf(program), OPSET)
  const inputNames = graph.inputs.map(({ name }) => name)
  const outputNames = graph.outputs.map(({ name }) => name)
  checkProgram(program, { inputNames, outputNames }, state)
  return graph
}

/** Variables by the outputs that replace them. An output of two variables is none of them: each needs a memory of its own. */
function writtenAlone({ writes }: HostedProgram): ReadonlyMap<string, string> {
  const variablesOf = (output: string) => writes.filter(({ value }) => value === output)
  const alone = writes.filter(({ value }) => variablesOf(value).length === 1)
  return new Map(alone.map(({ state, value }) => [value, state]))
}

/** A value without numbers, as far as its rank allows. */
function emptyArray({ dtype, shape }: NamedTensorSpec): NDArray {
  return ndarray(
    dtype,
    shape.map(() => 0),
  )
}
