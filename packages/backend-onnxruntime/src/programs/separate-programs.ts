import type { State } from '@gantry/core'
import type { EngineSettings } from '../engine-settings.ts'
import type { HeldTensor, LoadedGraph, Runtime, Tensors } from '../runtime.ts'
import { checkProgram, type HostedProgram, type LoadedPrograms, ownerOf } from './hosted-program.ts'

/** Programs in a session each. */
export class SeparatePrograms implements LoadedPrograms {
  readonly #runtime: Runtime
  readonly #graphs: readonly LoadedGraph[]
  readonly #reads: readonly HostedProgram['reads'][]

  /** @throws ModelFormatError for a graph that cannot be loaded or lacks a value that its program names. */
  static async load(
    runtime: Runtime,
    programs: readonly HostedProgram[],
    state: State,
    settings: EngineSettings,
  ): Promise<SeparatePrograms> {
    const graphs: LoadedGraph[] = []
    for (const program of programs) {
      const graph = await runtime.load(ownerOf(program), program.graph, settings)
      checkProgram(program, graph, state)
      graphs.push(graph)
    }
    return new SeparatePrograms(
      runtime,
      graphs,
      programs.map(({ reads }) => reads),
    )
  }

  private constructor(runtime: Runtime, graphs: readonly LoadedGraph[], reads: readonly HostedProgram['reads'][]) {
    this.#runtime = runtime
    this.#graphs = graphs
    this.#reads = reads
  }

  run(index: number, feeds: Tensors, state: ReadonlyMap<string, HeldTensor>): Promise<Tensors> {
    const read = this.#reads[index]!.map(({ state: name, value }) => [value, state.get(name)!] as const)
    const graph = this.#graphs[index]!
    return graph.run({ ...feeds, ...Object.fromEntries(read) }, graph.outputNames)
  }

  hold(state: State): Tensors {
    return this.#runtime.hold(state)
  }

  overwrites(): boolean {
    return false
  }

  async release(): Promise<void> {
    for (const graph of this.#graphs) await graph.release()
  }
}
