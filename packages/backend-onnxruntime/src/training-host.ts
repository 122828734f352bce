import {
  type CompiledModel,
  type CompiledProgram,
  ModelFormatError,
  type NDArray,
  ShapeError,
  type State,
  type StateLayout,
  TrainingError,
} from '@gantry/core'
import type { EngineSettings } from './engine-settings.ts'
import { toLogical, toPhysical } from './layout.ts'
import { loadSession, messageOf } from './load-session.ts'
import type { OrtSession, OrtTensor } from './ort.ts'
import { toArray, toOrtTensor } from './tensors.ts'

/** The part of a compiled model that computes: plain data that can be posted to a worker. */
export interface HostedModel {
  readonly phases: Readonly<Record<string, CompiledProgram>>
  readonly functions: Readonly<Record<string, CompiledProgram>>
  readonly layouts: Readonly<Record<string, StateLayout>>
  readonly variables: State
}

export function hostedModel({ phases, functions, layouts, variables }: CompiledModel): HostedModel {
  const programs = (named: readonly { readonly name: string; readonly program: CompiledProgram }[]) =>
    Object.fromEntries(named.map(({ name, program }) => [name, program]))
  return { phases: programs(phases), functions: programs(functions), layouts, variables }
}

interface LoadedProgram {
  readonly owner: string
  readonly program: CompiledProgram
  readonly session: OrtSession
}

/**
 * Owns the sessions of all phases and functions and the state that they share, in the thread that it is created in.
 *
 * It trusts its caller: feeds, names and states are checked before they get here, and calls come one at a time.
 *
 * A phase's outputs replace the state after the run has succeeded, so one that fails changes nothing. They are the
 * arrays that ONNX Runtime returns. Two preallocated buffers for every variable, given as fetches in turn, are no
 * faster: onnxruntime-node 1.30 copies every output into a new array all the same (32 MB of state: 10 ms a run with and
 * 10 ms without, 25 MB more memory with), and onnxruntime-web does not write them at all. Keeping state on a WebGPU
 * device (`preferredOutputLocation: 'gpu-buffer'`) aborts the process as soon as such a tensor is fed again.
 */
export class TrainingHost {
  readonly #phases: ReadonlyMap<string, LoadedProgram>
  readonly #functions: ReadonlyMap<string, LoadedProgram>
  readonly #layouts: Readonly<Record<string, StateLayout>>
  readonly #state = new Map<string, OrtTensor>()

  /** @throws ModelFormatError for a graph that cannot be loaded or lacks a value that its program names. */
  static async create(model: HostedModel, settings: EngineSettings): Promise<TrainingHost> {
    const load = async (kind: string, programs: Readonly<Record<string, CompiledProgram>>) => {
      const loaded = new Map<string, LoadedProgram>()
      for (const [name, program] of Object.entries(programs)) {
        const owner = `${kind} '${name}'`
        const session = await loadSession(owner, program.graph, settings)
        checkProgram(owner, program, session, model.layouts)
        loaded.set(name, { owner, program, session })
      }
      return loaded
    }
    const phases = await load('Phase', model.phases)
    const host = new TrainingHost(phases, await load('Function', model.functions), model.layouts)
    await host.writeState(model.variables)
    return host
  }

  private constructor(
    phases: ReadonlyMap<string, LoadedProgram>,
    functions: ReadonlyMap<string, LoadedProgram>,
    layouts: Readonly<Record<string, StateLayout>>,
  ) {
    this.#phases = phases
    this.#functions = functions
    this.#layouts = layouts
  }

  async run(phase: string, feeds: Readonly<Record<string, NDArray>>): Promise<Record<string, number>> {
    const loaded = this.#phases.get(phase)!
    const outputs = await this.#execute(loaded, feeds)
    const scalars = loaded.program.results.map((name) => [name, scalarOf(loaded.owner, name, outputs[name]!)] as const)
    for (const { state, value } of loaded.program.writes) this.#state.set(state, outputs[value]!)
    return Object.fromEntries(scalars)
  }

  async evaluate(name: string, feeds: Readonly<Record<string, NDArray>>): Promise<Record<string, NDArray>> {
    const loaded = this.#functions.get(name)!
    const outputs = await this.#execute(loaded, feeds)
    return Object.fromEntries(loaded.program.results.map((result) => [result, toArray(result, outputs[result]!)]))
  }

  async readState(): Promise<State> {
    const arrays = Object.entries(this.#layouts).map(([name, layout]) => {
      return [name, toLogical(toArray(name, this.#state.get(name)!), layout)] as const
    })
    return Object.fromEntries(arrays)
  }

  async writeState(state: State): Promise<void> {
    for (const [name, layout] of Object.entries(this.#layouts)) {
      this.#state.set(name, toOrtTensor(toPhysical(state[name]!, layout)))
    }
  }

  async dispose(): Promise<void> {
    for (const { session } of [...this.#phases.values(), ...this.#functions.values()]) await session.release()
    this.#state.clear()
  }

  async #execute({ owner, program, session }: LoadedProgram, feeds: Readonly<Record<string, NDArray>>) {
    const inputs: Record<string, OrtTensor> = {}
    for (const [name, feed] of Object.entries(feeds)) inputs[name] = toOrtTensor(feed)
    for (const { state, value } of program.reads) inputs[value] = this.#state.get(state)!
    try {
      return await session.run(inputs)
    } catch (cause) {
      throw new TrainingError({ code: 'RUN_FAILED', message: `${owner} failed: ${messageOf(cause)}`, cause })
    }
  }
}

function scalarOf(owner: string, name: string, { data, dims, type }: OrtTensor): number {
  if (data.length === 1) return Number(data[0])
  throw new ShapeError({
    code: 'RESULT_NOT_SCALAR',
    message: `${owner}: '${name}' is ${type}[${dims.join(',')}] but a phase returns scalars.`,
    fix: 'Reduce it in the program.',
  })
}

function checkProgram(
  owner: string,
  program: CompiledProgram,
  session: OrtSession,
  layouts: Readonly<Record<string, StateLayout>>,
): void {
  const expect = (kind: string, name: string, known: readonly string[]) => {
    if (known.includes(name)) return
    throw new ModelFormatError({
      code: 'PROGRAM_INVALID',
      message: `${owner} names the ${kind} '${name}', which is not among: ${known.join(', ') || 'none'}.`,
      fix: 'Compile the model again.',
    })
  }
  const variables = Object.keys(layouts)
  for (const { state } of [...program.reads, ...program.writes]) expect('variable', state, variables)
  for (const { value } of program.reads) expect('graph input', value, session.inputNames)
  for (const { value } of program.writes) expect('graph output', value, session.outputNames)
  for (const name of program.results) expect('graph output', name, session.outputNames)
}
