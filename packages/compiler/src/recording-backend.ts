import {
  DataStorage,
  type DataType,
  engine,
  KernelBackend,
  registerBackend,
  type TensorInfo,
} from '@tensorflow/tfjs-core'
import { constantNumbers, constantValue } from './constants.ts'
import { programError } from './errors.ts'
import type { ConstantValues, RecordedDType, RecordedValue } from './recorded-value.ts'
import { Recording, type StateLayouts } from './recording.ts'

/** Name under which the recording backend is registered with TF.js. */
export const RECORDING_BACKEND = 'gantry-recording'

type BackendValues = Parameters<KernelBackend['write']>[0]
type DataId = ReturnType<KernelBackend['write']>

interface Entry {
  readonly value: RecordedValue
  /** The recording that the value belongs to; constants belong to none. */
  readonly recording: Recording | undefined
  references: number
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
 */
export class RecordingBackend extends KernelBackend {
  readonly #storage: DataStorage<Entry>
  #recording: Recording | undefined
  #traced: { readonly index: number; stack: string | undefined } | undefined
  /** What the program wrote, in order: two recordings of a pure program write the same. */
  written: WrittenConstant[] = []
  /** Tells where a variable's data is used without the variable being declared; set while recording. */
  onForeignData: ((dataId: object) => void) | undefined

  constructor() {
    super()
    this.#storage = new DataStorage(this, engine())
  }

  /** The recording under way. */
  get recording(): Recording {
    if (this.#recording === undefined) {
      throw programError(
        'NOT_RECORDING',
        `A tensor operation ran on the backend '${RECORDING_BACKEND}' while nothing is being recorded.`,
        'Use compileStep, compileModel or exportModel, and choose a computing backend (tf.setBackend) for everything else.',
      )
    }
    return this.#recording
  }

  /** Records what `body` does. Not reentrant. */
  record<Result>(
    name: string,
    layouts: StateLayouts,
    body: (recording: Recording) => Result,
  ): { recording: Recording; result: Result } {
    const recording = new Recording(
      name,
      { keep: (value) => this.#keep(value), find: (info) => this.#find(info) },
      layouts,
    )
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
      recording: value.source.kind === 'constant' ? undefined : this.#recording,
      references: 1,
    })
    return { dataId, shape: [...value.shape], dtype: value.dtype }
  }

  #find(info: TensorInfo): RecordedValue {
    const entry = this.#storage.get(info.dataId)
    if (entry.recording !== undefined && entry.recording !== this.#recording) {
      throw programError(
        'FOREIGN_TENSOR',
        `The program uses a tensor of shape [${info.shape}] that an earlier recording made.`,
        'A program may keep nothing between calls but tf.Variables: pass the tensor as a feed, or keep it in a variable.',
      )
    }
    return entry.value
  }

  override write(values: BackendValues, shape: number[], dtype: DataType): DataId {
    const constant = recordable(values, shape, dtype)
    if (this.#recording !== undefined) {
      if (this.#traced?.index === this.written.length) this.#traced.stack = new Error('write').stack
      this.written.push({ shape, values: constant.values })
    }
    return this.#keep(constantValue(constant.values, constant.dtype, shape)).dataId
  }

  override move(dataId: DataId, values: BackendValues, shape: number[], dtype: DataType, references: number): void {
    const constant = recordable(values, shape, dtype)
    this.#storage.set(dataId, {
      value: constantValue(constant.values, constant.dtype, shape),
      recording: undefined,
      references,
    })
    // Only now: the other backend has given the data away.
    this.onForeignData?.(dataId)
  }

  override readSync(dataId: DataId): ConstantValues {
    return constantNumbers(this.#storage.get(dataId).value)
  }

  override async read(dataId: DataId): Promise<ConstantValues> {
    return this.readSync(dataId)
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

  override timerAvailable(): boolean {
    return false
  }

  override dispose(): void {}
}

function recordable(
  values: BackendValues,
  shape: readonly number[],
  dtype: DataType,
): { values: ConstantValues; dtype: RecordedDType } {
  if (dtype === 'float32')
    return { values: values instanceof Float32Array ? values : Float32Array.from(values as ArrayLike<number>), dtype }
  if (dtype === 'int32')
    return { values: values instanceof Int32Array ? values : Int32Array.from(values as ArrayLike<number>), dtype }
  if (dtype === 'bool')
    return { values: values instanceof Uint8Array ? values : Uint8Array.from(values as ArrayLike<number>), dtype }
  throw programError(
    'DTYPE_UNSUPPORTED',
    `A tensor of dtype ${dtype} and shape [${shape}] cannot be recorded.`,
    'Use float32, int32 or bool.',
  )
}

/** The backend of this process, registered with TF.js on first use. */
export function recordingBackend(): RecordingBackend {
  const existing = engine().findBackend(RECORDING_BACKEND)
  if (existing instanceof RecordingBackend) return existing
  // Priority 0: TF.js must never pick it by itself.
  registerBackend(RECORDING_BACKEND, () => new RecordingBackend(), 0)
  return engine().findBackend(RECORDING_BACKEND) as RecordingBackend
}
