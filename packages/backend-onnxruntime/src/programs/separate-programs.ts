import type { State } from '@gantry/core'
import type { EngineSettings } from '../engine-settings.ts'
import { loadSession } from '../load-session.ts'
import type { OrtSession, OrtTensor } from '../ort.ts'
import { checkProgram, type HostedProgram, type LoadedPrograms, ownerOf, type Tensors } from './hosted-program.ts'

/** Programs in a session each. */
export class SeparatePrograms implements LoadedPrograms {
  readonly #sessions: readonly OrtSession[]
  readonly #reads: readonly HostedProgram['reads'][]

  /** @throws ModelFormatError for a graph that cannot be loaded or lacks a value that its program names. */
  static async load(
    programs: readonly HostedProgram[],
    state: State,
    settings: EngineSettings,
  ): Promise<SeparatePrograms> {
    const sessions: OrtSession[] = []
    for (const program of programs) {
      const session = await loadSession(ownerOf(program), program.graph, settings)
      checkProgram(program, session, state)
      sessions.push(session)
    }
    return new SeparatePrograms(
      sessions,
      programs.map(({ reads }) => reads),
    )
  }

  private constructor(sessions: readonly OrtSession[], reads: readonly HostedProgram['reads'][]) {
    this.#sessions = sessions
    this.#reads = reads
  }

  run(index: number, feeds: Tensors, state: ReadonlyMap<string, OrtTensor>): Promise<Tensors> {
    const read = this.#reads[index]!.map(({ state: name, value }) => [value, state.get(name)!] as const)
    return this.#sessions[index]!.run({ ...feeds, ...Object.fromEntries(read) })
  }

  async release(): Promise<void> {
    for (const session of this.#sessions) await session.release()
  }
}
