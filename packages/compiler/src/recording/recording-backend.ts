import type { NDArray } from '@gantry/core'
import {
  DataStorage,
  type DataType,
  engine,
  KernelBackend,
  registerBackend,
  type TensorInfo,
  util,
} from '@tensorflow/tfjs-core'
import { programError } from '../errors.ts'
import type { Kernel, KernelInputs } from '../kernels/kernel.ts'
import { constantNumbers, constantValue, uniformValue } from './constants.ts'
import { computedNow } from './known-numbers.ts'
import { type GraphRuntime, LazyGraph, type LazyValue } from './lazy-execution.ts'
import type { ConstantValues, RecordedDType, RecordedValue } from './recorded-value.ts'
import { Recording, type RecordingOptions, type ValueStore } from './recording.ts'
import { type BackendValues, writtenNumbers } from './written-numbers.ts'

/** Name under which the recording backend is registered with TF.js. */
export const RECORDING_BACKEND = 'gantry-recording'

type DataId = ReturnType<KernelBackend['write']>

interface Entry extends LazyValue {
  references: number
  /** The name of a variable whose numbers are elsewhere for good. */
  readonly moved?: string
}

/** A tensor that keeps its name in the graph although it is no variable. */
export interface Weight {
  readonly name: string
  readonly dtype: RecordedDType
  readonly shape: readonly number[]
  readonly numbers: NDArray
}

/** A constant that a program wrote while it was recorded. */
export interface WrittenConstant {
  readonly shape: readonly number[]
  readonly values: ConstantValues
}

/**
 * A TF.js backend whose kernels append nodes to an ONNX graph instead of computing.
 *
 * TF.js dispatches every operation to the active backend, those of gradients and optimizers included, so whatever a
 * program does while this backend is active ends up in the {@link Recording}.
 *
 * Between recordings it computes lazily, when it has a runtime: operations append to a graph of their own, which runs when
 * somebody awaits `tensor.data()`.
 */
export class RecordingBackend extends KernelBackend {
  readonly #storage: DataStorage<Entry>
  readonly #runtime: () => GraphRuntime | undefined
  readonly #lazy: LazyGraph
  #recording: Recording | undefined
  /** Values made by the kernel that is running: those that it does not return are of no further use. */
  #made: object[] = []
  #traced: { readonly index: number; stack: string | undefined } | undefined
  /** What the program wrote, in order: two recordings of a pure program write the same. */
  written: WrittenConstant[] = []
  /** Tells where a variable's data is used without the variable being declared; set while recording. */
  onForeignData: ((dataId: object) => void) | undefined
  /** Tensors of other backends that recordings know by name, by their data: they are never copied into a recording. */
  weights: ReadonlyMap<object, Weight> = new Map()

  constructor(runtime: () => GraphRuntime | undefined = () => undefined) {
    super()
    this.#storage = new DataStorage(this, engine())
    this.#runtime = runtime
    this.#lazy = new LazyGraph(() => new Recording('lazy', this.#store), runtime)
  }

  /** The recording under way. */
  get recording(): Recording {
    if (this.#recording !== undefined) return this.#recording
    if (this.#runtime() === undefined) {
      throw programError(
        'NOT_RECORDING',
        `A tensor operation ran on the backend '${RECORDING_BACKEND}' while nothing is being recorded.`,
        'Use compileStep, compileModel or exportModel; for everything else choose a computing backend (tf.setBackend), or give this one a runtime (registerLazyBackend).',
      )
    }
    return this.#lazy.recording
  }

  get #store(): ValueStore {
    return { keep: (value) => this.#keep(value), find: (info) => this.#find(info) }
  }

  /** Runs a kernel, and forgets the values that it made on its way. */
  apply(kernel: Kernel, inputs: KernelInputs, attributes: unknown): TensorInfo | TensorInfo[] {
    const { recording } = this
    this.#made = []
    const outputs = kernel(recording, inputs, attributes)
    const returned = new Set([outputs].flat().map(({ dataId }) => dataId))
    for (const dataId of this.#made) if (!returned.has(dataId)) this.#storage.delete(dataId)
    if (this.#lazy.holds(recording)) for (const dataId of returned) this.#lazy.add(this.#storage.get(dataId))
    return outputs
  }

  /** Records what `body` does. Not reentrant. */
  record<Result>(
    name: string,
    options: RecordingOptions,
    body: (recording: Recording) => Result,
  ): { recording: Recording; result: Result } {
    const recording = new Recording(name, this.#store, options)
    this.#recording = recording
    this.written = []
    try {
      return { recording, result: body(recording) }
    } finally {
      this.#recording = undefined
    }
  }

  /** The stack of the write with this index while `body` records. */
  traceWrite(index: number, body: () => void): string | undefined {
    const { stackTraceLimit } = Error
    // Between a layer's operation and the user's line lie dozens of TF.js's own.
    Error.stackTraceLimit = 200
    this.#traced = { index, stack: undefined }
    try {
      body()
      return this.#traced.stack
    } finally {
      this.#traced = undefined
      Error.stackTraceLimit = stackTraceLimit
    }
  }

  #keep(value: RecordedValue): TensorInfo {
    const dataId = {}
    this.#storage.set(dataId, {
      value,
      recording: value.source.kind === 'constant' ? undefined : this.recording,
      references: 1,
    })
    this.#made.push(dataId)
    return { dataId, shape: [...value.shape], dtype: value.dtype }
  }

  /** A tensor for a variable whose numbers somebody else has from now on: it can only be replaced. */
  moved(variable: string, dtype: RecordedDType, shape: readonly number[]): TensorInfo {
    const dataId = {}
    const value = uniformValue(0, dtype, shape)
    this.#storage.set(dataId, { value, recording: undefined, references: 1, moved: variable })
    return { dataId, shape: [...shape], dtype }
  }

  /** Whether the data is that of {@link moved}. */
  isMoved(dataId: object): boolean {
    return this.refCount(dataId) > 0 && this.#storage.get(dataId).moved !== undefined
  }

  /** @throws UnsupportedError `VARIABLE_MOVED`. */
  #present(dataId: DataId): Entry {
    const entry = this.#storage.get(dataId)
    if (entry.moved === undefined) return entry
    throw programError(
      'VARIABLE_MOVED',
      `The numbers of the variable '${entry.moved}' ([${entry.value.shape}]) are in a compiled model, which took them over (moveVariables).`,
      'Assign it new ones, such as those of session.readState(), or compile without moveVariables.',
    )
  }

  #find(info: TensorInfo): RecordedValue {
    const weight = this.#recording === undefined ? undefined : this.weights.get(info.dataId)
    if (weight !== undefined) return this.recording.stateValue(weight.name, weight.dtype, weight.shape)
    const entry = this.#present(info.dataId)
    if (entry.recording !== undefined && entry.recording !== this.recording) {
      throw programError(
        'FOREIGN_TENSOR',
        `The program uses a tensor of shape [${info.shape}] that an earlier recording made.`,
        'A program may keep nothing between calls but tf.Variables: pass the tensor as a feed, or keep it in a variable.',
      )
    }
    return entry.value
  }

  override write(values: BackendValues, shape: number[], dtype: DataType): DataId {
    const constant = writtenNumbers(values, shape, dtype)
    if (this.#recording !== undefined) {
      if (this.#traced?.index === this.written.length) this.#traced.stack = new Error('write').stack
      this.written.push({ shape, values: constant.values })
    }
    return this.#keep(constantValue(constant.values, constant.dtype, shape)).dataId
  }

  override move(dataId: DataId, values: BackendValues, shape: number[], dtype: DataType, references: number): void {
    const constant = writtenNumbers(values, shape, dtype)
    this.#storage.set(dataId, {
      value: constantValue(constant.values, constant.dtype, shape),
      recording: undefined,
      references,
    })
    // Only now: the other backend has given the data away.
    this.onForeignData?.(dataId)
  }

  override readSync(dataId: DataId): ConstantValues {
    const { value, recording } = this.#present(dataId)
    if (this.#lazy.holds(recording)) {
      throw programError(
        'READ_SYNC',
        `The numbers of a tensor of shape [${value.shape}] are not computed yet, and ONNX Runtime computes asynchronously.`,
        'Await data() or array() instead of calling dataSync() or arraySync(). Once awaited, the numbers can be read in any way.',
      )
    }
    if (this.#recording === undefined) return constantNumbers(value)
    const fixed = (state: string) => [...this.weights.values()].find(({ name }) => name === state)?.numbers
    return constantNumbers(computedNow(this.#recording, value, fixed))
  }

  override async read(dataId: DataId): Promise<ConstantValues> {
    const entry = this.#present(dataId)
    if (this.#lazy.holds(entry.recording)) await this.#lazy.compute(entry)
    return constantNumbers(entry.value)
  }

  override numDataIds(): number {
    return this.#storage.numDataIds()
  }

  override refCount(dataId: DataId): number {
    return this.#storage.has(dataId) ? this.#storage.get(dataId).references : 0
  }

  override incRef(dataId: DataId): void {
    this.#storage.get(dataId).references++
  }

  override disposeData(dataId: DataId, force = false): boolean {
    if (!this.#storage.has(dataId)) return true
    const entry = this.#storage.get(dataId)
    entry.references--
    if (!force && entry.references > 0) return false
    this.#storage.delete(dataId)
    this.#lazy.delete(entry)
    return true
  }

  override memory(): { unreliable: boolean } {
    return { unreliable: true }
  }

  override floatPrecision(): 16 | 32 {
    return 32
  }

  override epsilon(): number {
    return 1e-7
  }

  override async time(body: () => void): Promise<{ kernelMs: number }> {
    const start = util.now()
    body()
    return { kernelMs: util.now() - start }
  }

  override timerAvailable(): boolean {
    return false
  }

  override dispose(): void {}
}

let runtime: GraphRuntime | undefined

/** The backend of this process, registered with TF.js on first use. */
export function recordingBackend(): RecordingBackend {
  const existing = engine().findBackend(RECORDING_BACKEND)
  if (existing instanceof RecordingBackend) return existing
  // Priority 0: TF.js must never pick it by itself.
  registerBackend(RECORDING_BACKEND, () => new RecordingBackend(() => runtime), 0)
  return engine().findBackend(RECORDING_BACKEND) as RecordingBackend
}

/** Lets the recording backend compute, on this runtime, whatever is asked of it outside of recordings. */
export function setRuntime(own: GraphRuntime): void {
  runtime = own
}
