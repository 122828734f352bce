import type { NDArray, State } from '@gantry/core'
import type { EngineSettings } from './engine-settings.ts'
import type { ProgramUpdates } from './updates/split-updates.ts'

/** A tensor as a {@link Runtime} holds it from one run to the next. Only the runtime that made it knows what it is. */
export type HeldTensor = object

/** Values by name: graph inputs, or graph outputs. */
export type Tensors = Readonly<Record<string, HeldTensor>>

/** A graph that is loaded into ONNX Runtime. */
export interface LoadedGraph {
  readonly inputNames: readonly string[]
  readonly outputNames: readonly string[]
  /**
   * The outputs of these names.
   *
   * @param into tensors that outputs may be written into, by the outputs' names; they may be inputs too, where the graph bears it
   */
  run(inputs: Tensors, outputs: readonly string[], into?: ReadonlyMap<string, HeldTensor>): Promise<Tensors>
  release(): Promise<void>
}

/** Updates variables after graphs have run: the memory in which they lie is its own. */
export interface Updater {
  readonly variables: ReadonlySet<string>
  /** The tensor of one of its variables, which gets the numbers of an array. */
  hold(variable: string, array: NDArray): HeldTensor
  /** The tensors, by the names of a program's outputs, that it wants these to be written into: scalars. */
  takes(program: number): Tensors
  /** Makes the updates that belong to a program, from the outputs of its run. */
  update(program: number, outputs: Tensors): void
  /** When it may be used, and its thread be ended. */
  ready(): Promise<void>
  release(): Promise<void>
}

/**
 * Where tensors lie between runs, and who runs graphs on them.
 *
 * A training step's state is an output of one run and an input of the next. Whether it is copied on its way is the difference
 * between {@link arrayRuntime}, which is everywhere, and the native runtime.
 */
export interface Runtime {
  /** Whether it writes outputs into tensors that it is given for them. */
  readonly writesInPlace: boolean
  /** @throws ModelFormatError `MODEL_UNREADABLE` for a graph that is truncated, foreign or not understood. */
  load(owner: string, graph: Uint8Array, settings: EngineSettings): Promise<LoadedGraph>
  /**
   * What updates variables faster than a graph does; undefined where graphs do it.
   *
   * @param programs what belongs to each
   * @param state arrays of the shapes of its variables
   */
  updater?(
    programs: readonly ProgramUpdates[],
    state: State,
    settings: Pick<EngineSettings, 'threads'>,
  ): Promise<Updater>
  /** Gives back what only loading needed; undefined where nothing can be given back. */
  tidy?(): void
  /** Takes arrays over, whose memory may be gone afterwards. */
  hold(arrays: Readonly<Record<string, NDArray>>): Tensors
  /** A tensor as long as this one, whose numbers are to be written: for a runtime that writes outputs into such. */
  room(tensor: HeldTensor): HeldTensor
  /** An array of the tensor's numbers. */
  copy(name: string, tensor: HeldTensor): NDArray
  /** The tensor as an array; the tensor itself is used up. */
  take(name: string, tensor: HeldTensor): NDArray
  /** Frees tensors at once. Memory that one of them shares with one of `kept` stays. */
  free(tensors: readonly HeldTensor[], kept?: Iterable<HeldTensor>): void
}
