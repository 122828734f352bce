import { ModelFormatError, type NamedTensorSpec, ndarray, type State } from '@gantry/core'
import { createModel, decodeModel, encodeModel, type Graph, int64Vector, OPSET, workingGraph } from '@gantry/onnx'
import type { EngineSettings } from '../engine-settings.ts'
import { loadSession, messageOf } from '../load-session.ts'
import type { OrtSession, OrtTensor } from '../ort.ts'
import { toOrtTensor } from '../tensors.ts'
import { CHOICE, chooseGraph, type JoinedGraph, joinedName } from './choose-graph.ts'
import { checkProgram, type HostedProgram, type LoadedPrograms, ownerOf, type Tensors } from './hosted-program.ts'

/**
 * Programs in one session, which share its memory and its threads: a session never gives back what it has taken, so
 * several would keep the sum of their peaks instead of the largest.
 */
export class JoinedPrograms implements LoadedPrograms {
  readonly #session: OrtSession
  readonly #variables: readonly (readonly [own: string, joined: string])[]
  /** Outputs of every program: its own names, and those of the session. */
  readonly #outputs: readonly (readonly (readonly [own: string, joined: string])[])[]
  /** Empty values for all feeds: a session wants every input, whichever program runs. */
  readonly #absent: Tensors

  /** @throws ModelFormatError for a graph that cannot be loaded or lacks a value that its program names. */
  static async load(
    programs: readonly HostedProgram[],
    state: State,
    settings: EngineSettings,
  ): Promise<JoinedPrograms> {
    const graphs = programs.map((program) => readGraph(program, state))
    const stateOf = programs.map(({ reads }) => new Map(reads.map(({ state: name, value }) => [value, name])))
    const joined = chooseGraph(graphs.map((graph, index) => ({ graph, stateOf: stateOf[index]! })))
    const owners = programs.map(ownerOf).join(', ')
    const session = await loadSession(owners, encodeModel(createModel(joined.graph)), settings)
    return new JoinedPrograms(session, joined, graphs)
  }

  private constructor(session: OrtSession, { variables, feeds }: JoinedGraph, graphs: readonly Graph[]) {
    this.#session = session
    this.#variables = variables.map((name) => [name, joinedName.state(name)] as const)
    this.#outputs = graphs.map(({ outputs }, index) =>
      outputs.map(({ name }) => [name, joinedName.output(index, name)] as const),
    )
    this.#absent = Object.fromEntries(feeds.map((feed) => [feed.name, emptyTensor(feed)]))
  }

  async run(index: number, feeds: Tensors, state: ReadonlyMap<string, OrtTensor>): Promise<Tensors> {
    const inputs: Record<string, OrtTensor> = { ...this.#absent }
    inputs[CHOICE] = toOrtTensor(int64Vector([index]))
    for (const [name, joined] of this.#variables) inputs[joined] = state.get(name)!
    for (const [name, tensor] of Object.entries(feeds)) inputs[joinedName.feed(index, name)] = tensor
    const names = this.#outputs[index]!
    const outputs = await this.#session.run(
      inputs,
      names.map(([, joined]) => joined),
    )
    return Object.fromEntries(names.map(([name, joined]) => [name, outputs[joined]!]))
  }

  async release(): Promise<void> {
    await this.#session.release()
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

/** A value without numbers, as far as its rank allows. */
function emptyTensor({ dtype, shape }: NamedTensorSpec): OrtTensor {
  const lengths = shape.map(() => 0)
  return toOrtTensor(ndarray(dtype, lengths))
}
