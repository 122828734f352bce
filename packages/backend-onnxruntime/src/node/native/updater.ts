import { Worker } from 'node:worker_threads'
import { type NDArray, type State, sizeOfShape } from '@gantry/core'
import { webAssembly } from '@gantry/core/wasm'
import type { HeldTensor, Tensors, Updater } from '../../runtime.ts'
import { MOST_GIVEN } from '../../updates/find-updates.ts'
import { loopModule } from '../../updates/loop-module.ts'
import {
  CONTROLS,
  type PlacedUpdate,
  Placement,
  PORTION,
  piecesOf,
  type SharedWork,
  UpdateThread,
  type ViewOf,
} from '../../updates/shared-work.ts'
import type { ProgramUpdates } from '../../updates/split-updates.ts'
import type { Update } from '../../updates/update-loop.ts'
import { builtFile } from '../built-file.ts'
import type { HelperData } from './update-helper.ts'

/** What an updater needs of the runtime that makes it. */
export interface UpdaterHost {
  /** A tensor on memory that somebody else owns. */
  placeTensor(spec: Pick<NDArray, 'dtype' | 'shape'>, memory: Uint8Array): HeldTensor
  addressOf(tensor: HeldTensor): bigint
  viewOf: ViewOf
  free(tensors: readonly HeldTensor[]): void
  /** Gives back what nobody holds. */
  tidy(): void
}

/** Below this many numbers a program's updates are over before a second thread has woken up. */
const WORTH_HELP = 1 << 18

/** Memory is the narrow place: more threads than these do not make it wider. */
const MOST_THREADS = 4

const PAGE = 65_536

/**
 * Updates variables by loops of WebAssembly, in several threads. The variables lie in a memory that these share; tensors of
 * ONNX Runtime stand on it. What a run gives, such as gradients, is fetched in portions from where it lies.
 */
export class NativeUpdater implements Updater {
  readonly variables: ReadonlySet<string>
  readonly #host: UpdaterHost
  readonly #addresses: ReadonlyMap<string, number>
  readonly #takes: readonly Tensors[]
  readonly #given: readonly (readonly string[])[]
  readonly #work: SharedWork
  readonly #bytes: Uint8Array
  readonly #thread: UpdateThread
  readonly #helpers: readonly Helper[]

  constructor(host: UpdaterHost, programs: readonly ProgramUpdates[], state: State, threads: number) {
    this.#host = host
    const all = programs.flatMap(({ updates }) => updates)
    this.variables = new Set(all.flatMap(({ variables }) => variables))
    const placement = new Placement()
    const place = (name: string) => [name, placement.take(sizeOfShape(state[name]!.shape))] as const
    this.#addresses = new Map([...this.variables].map(place))
    const isLarge = programs.some(({ updates }) => updates.reduce((sum, { size }) => sum + size, 0) >= WORTH_HELP)
    const rooms = Array.from({ length: isLarge ? Math.min(threads, MOST_THREADS) : 1 }, () =>
      Array.from({ length: MOST_GIVEN }, () => placement.take(PORTION)),
    )
    const scalars = programs.map(({ updates }) => placeScalars(updates, placement))
    this.#given = programs.map(({ updates }) => [...new Set(updates.flatMap(({ given }) => given))])
    const pages = Math.ceil(placement.end / PAGE)
    const memory = new webAssembly.Memory({ initial: pages, maximum: pages, shared: true })
    this.#bytes = new Uint8Array(memory.buffer)
    this.#takes = programs.map(({ added }, program) =>
      Object.fromEntries(
        added.flatMap(({ name, dtype, shape }) => {
          const address = scalars[program]!.get(name)
          const spec = { dtype, shape: shape as readonly number[] }
          return address === undefined ? [] : [[name, this.#tensor(spec, address)] as const]
        }),
      ),
    )
    const loops = [...new Set(all.map(({ loop }) => JSON.stringify(loop)))]
    this.#work = {
      memory,
      modules: loops.map((loop) => new webAssembly.Module(loopModule(JSON.parse(loop)))),
      programs: programs.map(({ updates }, program) => {
        const placed = updates.map(
          (update): PlacedUpdate => ({
            module: loops.indexOf(JSON.stringify(update.loop)),
            size: update.size,
            variables: update.variables.map((name) => this.#addresses.get(name)!),
            given: update.given.map((name) => this.#given[program]!.indexOf(name)),
            scalars: update.scalars.map((name) => scalars[program]!.get(name)!),
          }),
        )
        return { updates: placed, pieces: piecesOf(placed) }
      }),
      control: new Int32Array(new SharedArrayBuffer(4 * CONTROLS)),
      given: new BigInt64Array(new SharedArrayBuffer(8 * Math.max(...this.#given.map(({ length }) => length)))),
    }
    this.#thread = new UpdateThread(this.#work, host.viewOf, rooms[0]!)
    this.#helpers = rooms.slice(1).map((own) => startHelper({ work: this.#work, rooms: own }))
  }

  hold(variable: string, array: NDArray): HeldTensor {
    const { buffer, byteOffset, byteLength } = array.data
    const address = this.#addresses.get(variable)!
    this.#bytes.set(new Uint8Array(buffer, byteOffset, byteLength), address)
    return this.#tensor(array, address)
  }

  takes(program: number): Tensors {
    return this.#takes[program]!
  }

  update(program: number, outputs: Tensors): void {
    for (const [place, name] of this.#given[program]!.entries()) {
      this.#work.given[place] = this.#host.addressOf(outputs[name]!)
    }
    this.#thread.lead(program)
  }

  /** Its threads must not be ended while they load libraries: that would end the process. */
  async ready(): Promise<void> {
    await Promise.all(this.#helpers.map(({ ready }) => ready))
  }

  async release(): Promise<void> {
    this.#host.free(this.#takes.flatMap((tensors) => Object.values(tensors)))
    await this.ready()
    await Promise.all(this.#helpers.map(({ worker }) => worker.terminate()))
    // V8 does not count shared memory, and would let it lie for good: it goes when nobody holds this any more.
    const { tidy } = this.#host
    setImmediate(tidy)
  }

  /** @param spec of float32, as all that updates go through is */
  #tensor({ dtype, shape }: Pick<NDArray, 'dtype' | 'shape'>, address: number): HeldTensor {
    const memory = this.#bytes.subarray(address, address + 4 * sizeOfShape(shape))
    return this.#host.placeTensor({ dtype, shape }, memory)
  }
}

/** Addresses of the scalars of a program's updates. */
function placeScalars(updates: readonly Update[], placement: Placement): ReadonlyMap<string, number> {
  const names = new Set(updates.flatMap(({ scalars }) => scalars))
  return new Map([...names].map((name) => [name, placement.take(1)]))
}

interface Helper {
  readonly worker: Worker
  /** When it has loaded what it needs, or is gone. */
  readonly ready: Promise<unknown>
}

/** One that cannot start helps no one, and is not missed. */
function startHelper(workerData: HelperData): Helper {
  const resourceLimits = { maxYoungGenerationSizeMb: 4 }
  const worker = new Worker(builtFile('native/update-helper'), { workerData, execArgv: [], resourceLimits })
  worker.on('error', () => undefined)
  const ready = new Promise((resolve) => {
    worker.once('message', resolve)
    worker.once('exit', resolve)
  })
  void ready.then(() => worker.unref())
  return { worker, ready }
}
