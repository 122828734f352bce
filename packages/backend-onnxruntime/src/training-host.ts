import {
  type CompiledModel,
  type CompiledProgram,
  type NDArray,
  ShapeError,
  type State,
  TrainingError,
  type TypedArray,
} from '@gantry/core'
import { copyArray, copyFeeds } from './copies.ts'
import type { EngineSettings } from './engine-settings.ts'
import { movePhysicalState, toPhysicalState } from './layout.ts'
import { messageOf } from './load-session.ts'
import type { OrtTensor } from './ort.ts'
import { type HostedProgram, type LoadedPrograms, ownerOf, type Tensors } from './programs/hosted-program.ts'
import { JoinedPrograms } from './programs/joined-programs.ts'
import { SeparatePrograms } from './programs/separate-programs.ts'
import { releaseArrays } from './release-arrays.ts'
import { toArray, toOrtTensor } from './tensors.ts'

/** The part of a compiled model that computes: plain data that can be posted to a worker. */
export interface HostedModel {
  readonly programs: readonly HostedProgram[]
  /** The initial values, as a session keeps them. */
  readonly state: State
}

/** All that the host needs, ready to be moved to its thread: copies, or the model's own arrays if it gives them away. */
export function hostedModel({ phases, functions, layouts, variables, movesVariables }: CompiledModel): HostedModel {
  const hosted = (kind: HostedProgram['kind'], named: readonly { name: string; program: CompiledProgram }[]) =>
    named.map(({ name, program }): HostedProgram => ({ kind, name, ...program, graph: copyArray(program.graph) }))
  return {
    programs: [...hosted('Phase', phases), ...hosted('Function', functions)],
    state: movesVariables ? movePhysicalState(layouts, variables) : toPhysicalState(layouts, variables),
  }
}

/** What is kept of a program when its graph is loaded. */
type Bindings = Pick<HostedProgram, 'writes' | 'results'> & { readonly owner: string; readonly index: number }

/**
 * Owns all loaded phases and functions and the state that they share, in the thread that it is created in.
 *
 * It trusts its caller: feeds, names and states are checked before they get here, and calls come one at a time. Arrays that
 * it is given are its own from then on, those that it returns are the caller's; both are in the session's layout.
 *
 * A phase's outputs replace the state after the run has succeeded, so one that fails changes nothing. They are the
 * arrays that ONNX Runtime returns, and what they replace is freed at once: 90 MB less for 30 MB of state. Two preallocated
 * buffers for every variable, given as fetches in turn, are slower: onnxruntime-node 1.30 copies every output into a new
 * array all the same (30 MB of state: 4 ms of a run to hand over, 6 with fetches), and onnxruntime-web does not write them
 * at all. Keeping state on a WebGPU device (`preferredOutputLocation: 'gpu-buffer'`) aborts the process as soon as such a tensor
 * is fed again.
 */
export class TrainingHost {
  readonly #loaded: LoadedPrograms
  readonly #bindings: ReadonlyMap<string, Bindings>
  readonly #state = new Map<string, OrtTensor>()

  /** @throws ModelFormatError for a graph that cannot be loaded or lacks a value that its program names. */
  static async create({ programs, state }: HostedModel, settings: EngineSettings): Promise<TrainingHost> {
    // On other devices memory is not ONNX Runtime's to plan.
    const Programs = settings.device === 'cpu' ? JoinedPrograms : SeparatePrograms
    const host = new TrainingHost(await Programs.load(programs, state, settings), programs)
    await host.writeState(state)
    return host
  }

  private constructor(loaded: LoadedPrograms, programs: readonly HostedProgram[]) {
    this.#loaded = loaded
    this.#bindings = new Map(
      programs.map((program, index) => {
        const owner = ownerOf(program)
        return [owner, { owner, index, writes: program.writes, results: program.results }]
      }),
    )
  }

  async run(phase: string, feeds: Readonly<Record<string, NDArray>>): Promise<Record<string, number>> {
    const program = this.#bindings.get(ownerOf({ kind: 'Phase', name: phase }))!
    const outputs = await this.#execute(program, feeds)
    const scalars = program.results.map((name) => [name, scalarOf(program.owner, name, outputs[name]!)] as const)
    this.#replace(program.writes.map(({ state, value }) => [state, outputs[value]!]))
    return Object.fromEntries(scalars)
  }

  async evaluate(name: string, feeds: Readonly<Record<string, NDArray>>): Promise<Record<string, NDArray>> {
    const program = this.#bindings.get(ownerOf({ kind: 'Function', name }))!
    const outputs = await this.#execute(program, feeds)
    return Object.fromEntries(program.results.map((result) => [result, toArray(result, outputs[result]!)]))
  }

  /** A copy of the variables of these names. */
  async readState(names: readonly string[]): Promise<State> {
    return copyFeeds(Object.fromEntries(names.map((name) => [name, toArray(name, this.#state.get(name)!)])))
  }

  /** Replaces the variables of a state, which may be some of all. */
  async writeState(state: State): Promise<void> {
    this.#replace(Object.entries(state).map(([name, array]) => [name, toOrtTensor(array)]))
  }

  async dispose(): Promise<void> {
    await this.#loaded.release()
    this.#state.clear()
  }

  #replace(entries: readonly (readonly [name: string, next: OrtTensor])[]): void {
    const replaced = entries.flatMap(([name]) => this.#state.get(name) ?? [])
    for (const [name, next] of entries) this.#state.set(name, next)
    // One array may be the value of several variables.
    const kept = new Set([...this.#state.values()].map(bufferOf))
    releaseArrays(replaced.filter((tensor) => !kept.has(bufferOf(tensor))).map(({ data }) => data as TypedArray))
  }

  async #execute({ owner, index }: Bindings, feeds: Readonly<Record<string, NDArray>>): Promise<Tensors> {
    const tensors = Object.fromEntries(Object.entries(feeds).map(([name, feed]) => [name, toOrtTensor(feed)]))
    try {
      return await this.#loaded.run(index, tensors, this.#state)
    } catch (cause) {
      throw new TrainingError({ code: 'RUN_FAILED', message: `${owner} failed: ${messageOf(cause)}`, cause })
    }
  }
}

function bufferOf(tensor: OrtTensor): ArrayBufferLike {
  return (tensor.data as TypedArray).buffer
}

function scalarOf(owner: string, name: string, { data, dims, type }: OrtTensor): number {
  if (data.length === 1) return Number(data[0])
  throw new ShapeError({
    code: 'RESULT_NOT_SCALAR',
    message: `${owner}: '${name}' is ${type}[${dims.join(',')}] but a phase returns scalars.`,
    fix: 'Reduce it in the program.',
  })
}
