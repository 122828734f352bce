import { type DType, type NDArray, ndarray, type State } from '@gantry/core'
import { dataTypeOf, dtypeOf as typeOf } from '@gantry/onnx'
import { type EngineSettings, sessionOptions } from '../../engine-settings.ts'
import { unreadable } from '../../load-session.ts'
import { useUp } from '../../release-arrays.ts'
import type { HeldTensor, LoadedGraph, Runtime, Tensors, Updater } from '../../runtime.ts'
import { dtypeOf } from '../../tensors.ts'
import type { ProgramUpdates } from '../../updates/split-updates.ts'
import type { Handle, NativeLibrary } from './library.ts'
import { nativeOptions } from './session-options.ts'
import { tidy, tidyIfLarge } from './tidy.ts'
import { NativeUpdater, type UpdaterHost } from './updater.ts'

type Spec = Pick<NDArray, 'dtype' | 'shape'>

/** A tensor in ONNX Runtime's own memory, or in an updater's. */
interface NativeTensor {
  readonly handle: Handle
  /** Of one that was not made by a run. */
  readonly spec?: Spec
}

/**
 * Tensors stay in ONNX Runtime's memory: a step's state is handed to the next as it lies there. onnxruntime-node would copy
 * every output into a new array: of Pix2Pix, whose state is 690 MB, that is a quarter of a step's time.
 */
export class NativeRuntime implements Runtime {
  readonly writesInPlace = true
  readonly #library: NativeLibrary
  readonly #environment: Handle
  readonly #allocator: Handle

  constructor(library: NativeLibrary) {
    this.#library = library
    const { logSeverityLevel } = sessionOptions({ device: 'cpu', threads: 1 })
    this.#environment = library.make('createEnvironment', logSeverityLevel, 'gantry')
    this.#allocator = library.make('allocator')
  }

  async load(owner: string, graph: Uint8Array, settings: EngineSettings): Promise<LoadedGraph> {
    const options = nativeOptions(this.#library, sessionOptions(settings))
    let session: Handle
    try {
      session = this.#library.make('createSession', this.#environment, graph, graph.byteLength, options)
    } catch (cause) {
      throw unreadable(owner, cause)
    } finally {
      this.#library.release('releaseOptions', options)
    }
    return {
      inputNames: this.#names(session, 'inputCount', 'inputName'),
      outputNames: this.#names(session, 'outputCount', 'outputName'),
      run: async (inputs, outputs, into) => this.#run(session, inputs, outputs, into),
      release: async () => this.#library.release('releaseSession', session),
    }
  }

  async updater(
    programs: readonly ProgramUpdates[],
    state: State,
    { threads }: Pick<EngineSettings, 'threads'>,
  ): Promise<Updater> {
    const host: UpdaterHost = {
      placeTensor: (spec, memory) => this.#place(spec, memory),
      addressOf: (tensor) => this.#library.make('tensorData', (tensor as NativeTensor).handle),
      viewOf: (address, bytes) => this.#library.bytes(address, bytes),
      free: (tensors) => this.free(tensors),
      tidy: () => tidy(this.#library),
    }
    return new NativeUpdater(host, programs, state, threads)
  }

  tidy(): void {
    tidyIfLarge(this.#library)
  }

  hold(arrays: Readonly<Record<string, NDArray>>): Tensors {
    return useUp(arrays, (array) => this.#hold(array))
  }

  copy(name: string, tensor: HeldTensor): NDArray {
    const { handle } = tensor as NativeTensor
    const { dtype, shape } = this.#describe(name, handle)
    const array = ndarray(dtype, shape)
    const bytes = new Uint8Array(array.data.buffer)
    bytes.set(this.#memory(handle, bytes.byteLength))
    return array
  }

  take(name: string, tensor: HeldTensor): NDArray {
    const array = this.copy(name, tensor)
    this.free([tensor])
    return array
  }

  free(tensors: readonly HeldTensor[], kept: Iterable<HeldTensor> = []): void {
    const keptTensors = new Set(kept)
    for (const tensor of new Set(tensors)) {
      if (!keptTensors.has(tensor)) this.#library.release('releaseValue', (tensor as NativeTensor).handle)
    }
  }

  /** Outside of the pool in which a run computes: what stays there from run to run leaves gaps between what comes and goes. */
  room(tensor: HeldTensor): HeldTensor {
    const { handle, spec } = tensor as NativeTensor
    return this.#make(spec ?? this.#describe('state', handle))
  }

  /** A tensor on memory that somebody else owns. */
  #place(spec: Spec, memory: Uint8Array): NativeTensor {
    const { dtype, shape } = spec
    const place = this.#library.make('processorPlace', 0, 0)
    const own = [this.#library.addressOf(memory), memory.byteLength, shape, shape.length, dataTypeOf(dtype)]
    const handle = this.#library.make('placeTensor', place, ...own)
    this.#library.release('releasePlace', place)
    return { handle, spec }
  }

  #make({ dtype, shape }: Spec): NativeTensor {
    const handle = this.#library.make('createTensor', this.#allocator, shape, shape.length, dataTypeOf(dtype))
    return { handle, spec: { dtype, shape } }
  }

  #hold({ dtype, shape, data }: NDArray): NativeTensor {
    const tensor = this.#make({ dtype, shape })
    this.#memory(tensor.handle, data.byteLength).set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength))
    return tensor
  }

  /** It blocks its thread, as the run of a session of onnxruntime-node does. */
  #run(session: Handle, inputs: Tensors, outputs: readonly string[], into?: ReadonlyMap<string, HeldTensor>): Tensors {
    const names = Object.keys(inputs)
    const values = names.map((name) => (inputs[name] as NativeTensor).handle)
    const given = outputs.map((name) => into?.get(name) as NativeTensor | undefined)
    const made = given.map((tensor): Handle | null => tensor?.handle ?? null)
    this.#library.check('run', session, null, names, values, names.length, outputs, outputs.length, made)
    return Object.fromEntries(
      outputs.map((name, index) => [name, given[index] ?? ({ handle: made[index]! } satisfies NativeTensor)]),
    )
  }

  #names(session: Handle, count: 'inputCount' | 'outputCount', name: 'inputName' | 'outputName'): string[] {
    return Array.from({ length: Number(this.#library.make(count, session)) }, (_, index) => {
      const address = this.#library.make(name, session, index, this.#allocator)
      const text = this.#library.text(address)
      this.#library.check('freeMemory', this.#allocator, address)
      return text
    })
  }

  #describe(name: string, handle: Handle): { readonly dtype: DType; readonly shape: readonly number[] } {
    const info = this.#library.make('typeAndShape', handle)
    const type = this.#library.make<number>('elementType', info)
    const shape = new BigInt64Array(Number(this.#library.make('rank', info)))
    this.#library.check('dimensions', info, shape, shape.length)
    this.#library.release('releaseInfo', info)
    const dtype = typeOf(type)
    return { dtype: dtypeOf(`'${name}'`, dtype ?? `of ONNX's element type ${type}`), shape: [...shape].map(Number) }
  }

  #memory(handle: Handle, bytes: number): Uint8Array {
    // A tensor without numbers has no memory.
    return bytes === 0 ? new Uint8Array() : this.#library.bytes(this.#library.make('tensorData', handle), bytes)
  }
}
