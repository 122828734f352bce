import { ModelFormatError, type NamedTensorSpec, type NDArray, ndarray, type State } from '@gantry/core'
import { createModel, decodeModel, encodeModel, type Graph, int64Vector, OPSET, workingGraph } from '@gantry/onnx'
import { copyArray } from '../copies.ts'
import type { EngineSettings } from '../engine-settings.ts'
import { messageOf } from '../load-session.ts'
import { useUp } from '../release-arrays.ts'
import type { HeldTensor, LoadedGraph, Runtime, Tensors, Updater } from '../runtime.ts'
import type { UpdatedGraph } from '../updates/find-updates.ts'
import { type SplitGraph, splitAllUpdates, withoutUpdates } from '../updates/split-updates.ts'
import { CHOICE, chooseGraph, type JoinedGraph, joinedName } from './choose-graph.ts'
import { checkProgram, type HostedProgram, type LoadedPrograms, ownerOf } from './hosted-program.ts'

/**
 * Programs in one session, which share its memory and its threads: a session never gives back what it has taken, so
 * several would keep the sum of their peaks instead of the largest.
 */
export class JoinedPrograms implements LoadedPrograms {
  readonly #runtime: Runtime
  readonly #loaded: LoadedGraph
  readonly #updater: Updater | undefined
  /** Of every program, outputs that it has no more with the variables that are updated instead, and those that it has for that alone. */
  readonly #updated: readonly {
    readonly updated: readonly (readonly [own: string, variable: string])[]
    readonly added: ReadonlySet<string>
  }[]
  /** Programs whose updates have failed. */
  readonly #broken = new Set<number>()
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
    const { split, updater } = await updaterFor(runtime, programs, own, state, settings)
    const owners = programs.map(ownerOf).join(', ')
    try {
      const joined = chooseGraph(split, runtime.writesInPlace)
      const loaded = await runtime.load(owners, encodeModel(createModel(joined.graph)), settings)
      await updater?.ready()
      return new JoinedPrograms({ runtime, loaded, updater }, joined, split)
    } catch (error) {
      await updater?.release()
      throw error
    }
  }

  private constructor(
    { runtime, loaded, updater }: Engine,
    { variables, feeds, inPlace }: JoinedGraph,
    programs: readonly SplitGraph[],
  ) {
    this.#runtime = runtime
    this.#loaded = loaded
    this.#updater = updater
    this.#updated = programs.map(({ updated, added }) => ({
      updated: [...updated],
      added: new Set(added.map(({ name }) => name)),
    }))
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
    const takes = Object.entries(this.#updater?.takes(index) ?? {}).map(
      ([own, tensor]) => [joinedName.output(index, own), tensor] as const,
    )
    const joined = names.map(([, joined]) => joined)
    const returned = await this.#loaded.run(inputs, joined, new Map([...into, ...takes])).catch((error: unknown) => {
      this.#runtime.free(made)
      throw error
    })
    return this.#updateAfter(index, Object.fromEntries(names.map(([name, joined]) => [name, returned[joined]!])), state)
  }

  /** Makes a program's updates from what its run returned, and returns what the program itself would have. */
  #updateAfter(index: number, outputs: Tensors, state: ReadonlyMap<string, HeldTensor>): Tensors {
    const { updated, added } = this.#updated[index]!
    const updater = this.#updater
    if (updater === undefined || updated.length === 0) return outputs
    const taken = updater.takes(index)
    const given = [...added].filter((name) => !(name in taken)).map((name) => outputs[name]!)
    const own = Object.entries(outputs).filter(([name]) => !added.has(name))
    try {
      updater.update(index, outputs)
    } catch (error) {
      this.#broken.add(index)
      this.#runtime.free(
        own.map(([, tensor]) => tensor),
        state.values(),
      )
      throw error
    } finally {
      this.#runtime.free(given)
    }
    return Object.fromEntries([...own, ...updated.map(([name, variable]) => [name, state.get(variable)!] as const)])
  }

  hold(state: State): Tensors {
    const updater = this.#updater
    if (updater === undefined) return this.#runtime.hold(state)
    const entries = Object.entries(state)
    const others = entries.filter(([name]) => !updater.variables.has(name))
    const shared = new Set(others.map(([, { data }]) => data.buffer))
    const own = entries
      .filter(([name]) => updater.variables.has(name))
      .map(([name, array]) => [name, shared.has(array.data.buffer) ? copyOf(array) : array] as const)
    // What may fail comes first: the updater's memory is there already.
    const held = this.#runtime.hold(Object.fromEntries(others))
    return { ...held, ...useUp(Object.fromEntries(own), (array, name) => updater.hold(name, array)) }
  }

  overwrites(index: number): boolean {
    return this.#inPlace[index]!.size > 0 || this.#broken.has(index)
  }

  async release(): Promise<void> {
    await this.#updater?.release()
    await this.#loaded.release()
    this.#runtime.free([this.#absent, ...this.#choices].flatMap((tensors) => Object.values(tensors)))
  }
}

/** What runs joined programs. */
interface Engine {
  readonly runtime: Runtime
  readonly loaded: LoadedGraph
  readonly updater: Updater | undefined
}

/** Graphs without their updates, and what makes these; where none can be had, graphs as they are. */
async function updaterFor(
  runtime: Runtime,
  programs: readonly HostedProgram[],
  own: readonly UpdatedGraph[],
  state: State,
  settings: EngineSettings,
): Promise<{ readonly split: readonly SplitGraph[]; readonly updater: Updater | undefined }> {
  const others = programs.flatMap(({ writes }, index) => {
    const alone = new Set(own[index]!.written.values())
    return writes.map(({ state: name }) => name).filter((name) => !alone.has(name))
  })
  const split = splitAllUpdates(own, state, others)
  const hasUpdates = split.some(({ updates }) => updates.length > 0)
  const updater = hasUpdates ? await runtime.updater?.(split, state, settings).catch(() => undefined) : undefined
  return updater === undefined ? { split: own.map(withoutUpdates), updater } : { split, updater }
}

const copyOf = (array: NDArray) => ({ ...array, data: copyArray(array.data) }) as NDArray

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

/**
 * Variables by the outputs that replace them. An output of two variables is none of them: each needs a memory of its own. A function
 * replaces nothing.
 */
function writtenAlone({ kind, writes }: HostedProgram): ReadonlyMap<string, string> {
  if (kind === 'Function') return new Map()
  const isAlone = ({ state, value }: HostedProgram['writes'][number]) =>
    writes.every((other) => (other.value === value) === (other.state === state))
  return new Map(writes.filter(isAlone).map(({ state, value }) => [value, state]))
}

/** A value without numbers, as far as its rank allows. */
function emptyArray({ dtype, shape }: NamedTensorSpec): NDArray {
  return ndarray(
    dtype,
    shape.map(() => 0),
  )
}
