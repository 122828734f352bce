import { type CompiledProgram, ModelFormatError, type State } from '@gantry/core'
import type { HeldTensor, Tensors } from '../runtime.ts'

/** A phase or a function of a model. */
export interface HostedProgram extends CompiledProgram {
  readonly kind: 'Phase' | 'Function'
  readonly name: string
}

/** What errors call a program: `Phase 'generator'`. */
export function ownerOf({ kind, name }: Pick<HostedProgram, 'kind' | 'name'>): string {
  return `${kind} '${name}'`
}

/** Programs that are loaded into ONNX Runtime, by their place in the list that they came in. */
export interface LoadedPrograms {
  /**
   * All outputs of a program by name, from its feeds and what it reads of the state. One that is the tensor of a variable has
   * been written in its memory.
   */
  run(index: number, feeds: Tensors, state: ReadonlyMap<string, HeldTensor>): Promise<Tensors>
  /** Tensors of a state or of a part of one, whose arrays are used up. */
  hold(state: State): Tensors
  /** Whether a run of this program that fails may have changed some of the state. */
  overwrites(index: number): boolean
  release(): Promise<void>
}

/** @throws ModelFormatError `PROGRAM_INVALID` when a program names a value that its graph, or the state, has not. */
export function checkProgram(
  program: HostedProgram,
  graph: { readonly inputNames: readonly string[]; readonly outputNames: readonly string[] },
  state: State,
): void {
  const { reads, writes, results } = program
  const expect = (kind: string, name: string, known: readonly string[]) => {
    if (known.includes(name)) return
    throw new ModelFormatError({
      code: 'PROGRAM_INVALID',
      message: `${ownerOf(program)} names the ${kind} '${name}', which is not among: ${known.join(', ') || 'none'}.`,
      fix: 'Compile the model again.',
    })
  }
  const variables = Object.keys(state)
  for (const { state: name } of [...reads, ...writes]) expect('variable', name, variables)
  for (const { value } of reads) expect('graph input', value, graph.inputNames)
  for (const { value } of writes) expect('graph output', value, graph.outputNames)
  for (const name of results) expect('graph output', name, graph.outputNames)
}
