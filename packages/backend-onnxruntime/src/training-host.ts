import {
  type CompiledModel,
  type CompiledProgram,
  ModelFormatError,
  type NDArray,
  ShapeError,
  type State,
  TrainingError,
  type TypedArray,
} from '@gantry/core'
import { copyArray, copyFeeds } from './copies.ts'
import type { EngineSettings } from './engine-settings.ts'
import { toPhysicalState } from './layout.ts'
import { loadSession, messageOf } from './load-session.ts'
import type { OrtSession, OrtTensor } from './ort.ts'
import { releaseArrays } from './release-arrays.ts'
import { toArray, toOrtTensor } from './tensors.ts'

/** The part of a compiled model that computes: plain data that can be posted to a worker. */
export interface HostedModel {
  readonly phases: Readonly<Record<string, CompiledProgram>>
  readonly functions: Readonly<Record<string, CompiledProgram>>
  /** The initial values, as a session keeps them. */
  readonly state: State
}

/** Copies of all that the host needs: they can be moved to its thread. */
export function hostedModel({ phases, functions, layouts, variables }: CompiledModel): HostedModel {
  const programs = (named: readonly { readonly name: string; readonly program: CompiledProgram }[]) =>
    Object.fromEntries(named.map(({ name, program }) => [name, { ...program, graph: copyArray(program.graph) }]))
  return {
    phases: programs(phases),
    functions: programs(functions),
    state: toPhysicalState(layouts, variables),
  }
}

interface LoadedProgram extends Omit<CompiledProgram, 'graph'> {
  readonly owner: string
  readonly session: OrtSession
}

/**
 * Owns the sessions of all phases and functions and the state that they share, in the thread that it is created in.
 *
 * It trusts its caller: feeds, names and states are checked before they get here, and calls come one at a time. Arrays that
 * it is given are its own from then on, those that it returns are the caller's; both are in the session's layout.
 *
 * A phase's outputs replace the state after the run has succeeded, so one that fails changes nothing. They are the
 * arrays that ONNX Runtime returns, and what they replace is freed at once: 90 MB less for 30 MB of state. Two preallocated
 * buffers for every variable, given as fetches in turn, are slower: onnxruntime-node 1.30 copies every output into a new
 * array all the same (30 MB of state: 4 ms of a run to hand over, 6 with fetches), and onnxruntime-web does not write them
 * at all. Keeping state on a WebGPU device (`preferredOutputLocation: 'gpu-buffer'`) aborts the process as soon as such a tensor is fed again.
 */
export class TrainingHost {
  readonly #phases: ReadonlyMap<string, LoadedProgram>
  readonly #functions: ReadonlyMap<string, LoadedProgram>
  readonly #state = new Map<string, OrtTensor>()

  /** @throws ModelFormatError for a graph that cannot be loaded or lacks a value that its program names. */
  static async create(model: HostedModel, settings: EngineSettings): Promise<TrainingHost> {
    const load = async (kind: string, programs: Readonly<Record<string, CompiledProgram>>) => {
      const loaded = new Map<string, LoadedProgram>()
      for (const [name, program] of Object.entries(programs)) {
        const owner = `${kind} '${name}'`
        const session = await loadSession(owner, program.graph, settings)
        const { graph: _, ...bindings } = program
        checkProgram(owner, bindings, session, model.state)
        loaded.set(name, { owner, ...bindings, session })
      }
      return loaded
    }
    const phases = await load('Phase', model.phases)
    const host = new TrainingHost(phases, await load('Function', model.functions))
    await host.writeState(model.state)
    return host
  }

  private constructor(phases: ReadonlyMap<string, LoadedProgram>, functions: ReadonlyMap<string, LoadedProgram>) {
    this.#phases = phases
    this.#functions = functions
  }

  async run(phase: string, feeds: Readonly<Record<string, NDArray>>): Promise<Record<string, number>> {
    const loaded = this.#phases.get(phase)!
    const outputs = await this.#execute(loaded, feeds)
    const scalars = loaded.results.map((name) => [name, scalarOf(loaded.owner, name, outputs[name]!)] as const)
    this.#replace(loaded.writes.map(({ state, value }) => [state, outputs[value]!]))
    return Object.fromEntries(scalars)
  }

  async evaluate(name: string, feeds: Readonly<Record<string, NDArray>>): Promise<Record<string, NDArray>> {
    const loaded = this.#functions.get(name)!
    const outputs = await this.#execute(loaded, feeds)
    return Object.fromEntries(loaded.results.map((result) => [result, toArray(result, outputs[result]!)]))
  }

  async readState(): Promise<State> {
    return copyFeeds(Object.fromEntries([...this.#state].map(([name, tensor]) => [name, toArray(name, tensor)])))
  }

  async writeState(state: State): Promise<void> {
    this.#replace(Object.entries(state).map(([name, array]) => [name, toOrtTensor(array)]))
  }

  async dispose(): Promise<void> {
    for (const { session } of [...this.#phases.values(), ...this.#functions.values()]) await session.release()
    this.#state.clear()
  }

  #replace(entries: readonly (readonly [name: string, next: OrtTensor])[]): void {
    const replaced = entries.flatMap(([name]) => this.#state.get(name) ?? [])
    for (const [name, next] of entries) this.#state.set(name, next)
    // One array may be the value of several variables.
    const kept = new Set([...this.#state.values()].map(bufferOf))
    releaseArrays(replaced.filter((tensor) => !kept.has(bufferOf(tensor))).map(({ data }) => data as TypedArray))
  }

  async #execute({ owner, reads, session }: LoadedProgram, feeds: Readonly<Record<string, NDArray>>) {
    const inputs: Record<string, OrtTensor> = {}
    for (const [name, feed] of Object.entries(feeds)) inputs[name] = toOrtTensor(feed)
    for (const { state, value } of reads) inputs[value] = this.#state.get(state)!
    try {
      return await session.run(inputs)
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

function checkProgram(owner: string, program: Omit<CompiledProgram, 'graph'>, session: OrtSession, state: State): void {
  const expect = (kind: string, name: string, known: readonly string[]) => {
    if (known.includes(name)) return
    throw new ModelFormatError({
      code: 'PROGRAM_INVALID',
      message: `${owner} names the ${kind} '${name}', which is not among: ${known.join(', ') || 'none'}.`,
      fix: 'Compile the model again.',
    })
  }
  const variables = Object.keys(state)
  for (const { state } of [...program.reads, ...program.writes]) expect('variable', state, variables)
  for (const { value } of program.reads) expect('graph input', value, session.inputNames)
  for (const { value } of program.writes) expect('graph output', value, session.outputNames)
  for (const name of program.results) expect('graph output', name, session.outputNames)
}
