import {
  type CompiledModel,
  type CompiledProgram,
  type NDArray,
  ShapeError,
  type State,
  TrainingError,
} from '@gantry/core'
import { nativeRuntime } from '#platform/native-runtime'
import { arrayRuntime } from './array-runtime.ts'
import { copyArray } from './copies.ts'
import type { EngineSettings } from './engine-settings.ts'
import { movePhysicalState, toPhysicalState } from './layout.ts'
import { messageOf } from './load-session.ts'
import { type HostedProgram, type LoadedPrograms, ownerOf } from './programs/hosted-program.ts'
import { JoinedPrograms } from './programs/joined-programs.ts'
import { SeparatePrograms } from './programs/separate-programs.ts'
import type { HeldTensor, Runtime, Tensors } from './runtime.ts'

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
 * A phase's outputs replace the state after the run has succeeded, so one that fails changes nothing. What they replace is
 * freed at once. Large moments are written in place where they can be: if that run fails, which takes a machine without memory,
 * the state is lost, and the host says so until it is written anew.
 */
export class TrainingHost {
  readonly #runtime: Runtime
  readonly #loaded: LoadedPrograms
  readonly #bindings: ReadonlyMap<string, Bindings>
  readonly #state = new Map<string, HeldTensor>()
  /** The program whose failure left the state neither old nor new. */
  #spoiledBy: string | undefined

  /** @throws ModelFormatError for a graph that cannot be loaded or lacks a value that its program names. */
  static async create(
    { programs, state }: HostedModel,
    settings: EngineSettings,
    chosen?: Runtime,
  ): Promise<TrainingHost> {
    // On other devices memory is not ONNX Runtime's to plan.
    const Programs = settings.device === 'cpu' ? JoinedPrograms : SeparatePrograms
    const runtime = chosen ?? (await runtimeFor(settings))
    const host = new TrainingHost(runtime, await Programs.load(runtime, programs, state, settings), programs)
    try {
      await host.writeState(state)
    } catch (error) {
      await host.dispose()
      throw error
    }
    runtime.tidy?.()
    return host
  }

  private constructor(runtime: Runtime, loaded: LoadedPrograms, programs: readonly HostedProgram[]) {
    this.#runtime = runtime
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
    const unused = new Set(Object.values(outputs))
    try {
      const scalars = program.results.map(
        (name) => [name, this.#scalarOf(program.owner, name, outputs[name]!)] as const,
      )
      const written = program.writes.map(({ state, value }) => [state, outputs[value]!] as const)
      for (const [, tensor] of written) unused.delete(tensor)
      this.#replace(written)
      return Object.fromEntries(scalars)
    } catch (error) {
      // What has been written where it lies stays so.
      if (program.writes.some(({ state, value }) => outputs[value] === this.#state.get(state)))
        this.#spoiledBy = program.owner
      throw error
    } finally {
      this.#runtime.free([...unused], this.#state.values())
    }
  }

  async evaluate(name: string, feeds: Readonly<Record<string, NDArray>>): Promise<Record<string, NDArray>> {
    const program = this.#bindings.get(ownerOf({ kind: 'Function', name }))!
    const outputs = await this.#execute(program, feeds)
    const unused = new Set(Object.values(outputs))
    try {
      const results = program.results.map((result) => {
        const array = this.#runtime.take(result, outputs[result]!)
        unused.delete(outputs[result]!)
        return [result, array] as const
      })
      return Object.fromEntries(results)
    } finally {
      this.#runtime.free([...unused], this.#state.values())
    }
  }

  /** A copy of the variables of these names. */
  async readState(names: readonly string[]): Promise<State> {
    this.#refuseSpoiled()
    return Object.fromEntries(names.map((name) => [name, this.#runtime.copy(name, this.#state.get(name)!)]))
  }

  /** Replaces the variables of a state, which may be some of all. */
  async writeState(state: State): Promise<void> {
    this.#replace(Object.entries(this.#loaded.hold(state)))
    if (Object.keys(state).length === this.#state.size) this.#spoiledBy = undefined
  }

  async dispose(): Promise<void> {
    await this.#loaded.release()
    this.#runtime.free([...this.#state.values()])
    this.#state.clear()
  }

  #replace(entries: readonly (readonly [name: string, next: HeldTensor])[]): void {
    const replaced = entries.flatMap(([name, next]) => {
      const old = this.#state.get(name)
      return old === undefined || old === next ? [] : [old]
    })
    for (const [name, next] of entries) this.#state.set(name, next)
    // One array may be the value of several variables.
    this.#runtime.free(replaced, this.#state.values())
  }

  async #execute({ owner, index }: Bindings, feeds: Readonly<Record<string, NDArray>>): Promise<Tensors> {
    this.#refuseSpoiled()
    const held = this.#runtime.hold(feeds)
    try {
      return await this.#loaded.run(index, held, this.#state)
    } catch (cause) {
      this.#noteFailure({ owner, index })
      throw new TrainingError({ code: 'RUN_FAILED', message: `${owner} failed: ${messageOf(cause)}`, cause })
    } finally {
      this.#runtime.free(Object.values(held))
    }
  }

  /** What a run wrote in place before it failed stays written. */
  #noteFailure({ owner, index }: Pick<Bindings, 'owner' | 'index'>): void {
    if (this.#loaded.overwrites(index)) this.#spoiledBy = owner
  }

  #refuseSpoiled(): void {
    if (this.#spoiledBy === undefined) return
    throw new TrainingError({
      code: 'STATE_LOST',
      message: `${this.#spoiledBy} failed in the middle of an update: some of the state is new, some old.`,
      fix: 'Prepare the model again and go on from the last checkpoint.',
    })
  }

  #scalarOf(owner: string, name: string, tensor: HeldTensor): number {
    const { data, dtype, shape } = this.#runtime.copy(name, tensor)
    if (data.length === 1) return Number(data[0])
    throw new ShapeError({
      code: 'RESULT_NOT_SCALAR',
      message: `${owner}: '${name}' is ${dtype}[${shape.join(',')}] but a phase returns scalars.`,
      fix: 'Reduce it in the program.',
    })
  }
}

/** State stays in ONNX Runtime's memory where it can; on other devices than the CPU it cannot yet. */
async function runtimeFor({ device, nativeState = true }: EngineSettings): Promise<Runtime> {
  return (device === 'cpu' && nativeState ? await nativeRuntime() : undefined) ?? arrayRuntime
}
