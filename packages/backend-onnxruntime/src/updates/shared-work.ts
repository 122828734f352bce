import { type WasmMemory, type WasmModule, webAssembly } from '@gantry/core/wasm'

/** A piece of an update, small enough that all threads end at the same time. */
export interface Piece {
  readonly update: number
  /** Its first number, and how many there are. */
  readonly from: number
  readonly count: number
}

/** An update, with all that it needs by its place in memory that threads share. */
export interface PlacedUpdate {
  readonly module: number
  readonly size: number
  /** Addresses of its variables. */
  readonly variables: readonly number[]
  /** Where in {@link SharedWork.given} the addresses of its other arrays are. */
  readonly given: readonly number[]
  /** Addresses of its scalars. */
  readonly scalars: readonly number[]
}

/** What threads share who update together: it can be posted to them. */
export interface SharedWork {
  readonly memory: WasmMemory
  readonly modules: readonly WasmModule[]
  /** Of each program. */
  readonly programs: readonly { readonly updates: readonly PlacedUpdate[]; readonly pieces: readonly Piece[] }[]
  readonly control: Int32Array<SharedArrayBuffer>
  /** Addresses of what a run gave, in the memory of the process. */
  readonly given: BigInt64Array<SharedArrayBuffer>
}

/** The places in `control`. */
const Control = { round: 0, program: 1, untaken: 2, unfinished: 3, failed: 4 } as const
export const CONTROLS = 5

/** Numbers of a piece, at most: 256 kB of each array. */
const PIECE = 1 << 16

/** Numbers that are copied at a time of an array that does not lie in the shared memory: half of a core's first cache. */
export const PORTION = 4096

export function piecesOf(updates: readonly PlacedUpdate[]): Piece[] {
  return updates.flatMap(({ size }, update) =>
    Array.from({ length: Math.ceil(size / PIECE) }, (_, index) => {
      const from = index * PIECE
      return { update, from, count: Math.min(PIECE, size - from) }
    }),
  )
}

/** How long the last piece may take: a thread that is not given a core takes seconds for what takes a millisecond. */
const PATIENCE_MILLISECONDS = 60_000

type Run = (count: number, ...places: readonly number[]) => void

/** The bytes at an address of the process. */
export type ViewOf = (address: bigint, bytes: number) => Uint8Array

/** One thread's side of updates that several make together. */
export class UpdateThread {
  readonly #work: SharedWork
  readonly #viewOf: ViewOf
  readonly #rooms: readonly number[]
  readonly #numbers: Float32Array
  readonly #runs: readonly Run[]
  readonly #views = new Map<bigint, Float32Array>()

  /** @param rooms addresses in the shared memory of {@link PORTION} numbers each, which are this thread's alone */
  constructor(work: SharedWork, viewOf: ViewOf, rooms: readonly number[]) {
    this.#work = work
    this.#viewOf = viewOf
    this.#rooms = rooms
    this.#numbers = new Float32Array(work.memory.buffer)
    const imports = { environment: { memory: work.memory } }
    this.#runs = work.modules.map((module) => (new webAssembly.Instance(module, imports).exports as { run: Run }).run)
  }

  /**
   * Makes the updates of a program, together with who helps, and returns when they are made.
   *
   * @throws Error when a thread has failed or is gone: some are made, some are not
   */
  lead(program: number): void {
    const { control, programs } = this.#work
    const count = programs[program]!.pieces.length
    Atomics.store(control, Control.program, program)
    Atomics.store(control, Control.unfinished, count)
    Atomics.store(control, Control.failed, 0)
    // Whoever takes a piece from now on finds all that belongs to it.
    Atomics.store(control, Control.untaken, count)
    if (count > 1) {
      Atomics.add(control, Control.round, 1)
      Atomics.notify(control, Control.round)
    }
    this.#takeAll()
    for (;;) {
      const left = Atomics.load(control, Control.unfinished)
      if (left === 0) break
      const isGone = Atomics.wait(control, Control.unfinished, left, PATIENCE_MILLISECONDS) === 'timed-out'
      if (isGone) throw new Error('a thread that helped with the updates is gone')
    }
    if (Atomics.load(control, Control.failed) !== 0) {
      throw new Error('a thread could not make its part of the updates')
    }
  }

  /** Takes part in all updates to come. It blocks its thread, which ends by being ended. */
  help(): never {
    const { control } = this.#work
    for (;;) {
      const round = Atomics.load(control, Control.round)
      this.#takeAll()
      Atomics.wait(control, Control.round, round)
    }
  }

  #takeAll(): void {
    const { control, programs } = this.#work
    for (;;) {
      const left = Atomics.sub(control, Control.untaken, 1)
      if (left <= 0) return
      const { updates, pieces } = programs[Atomics.load(control, Control.program)]!
      const piece = pieces[left - 1]!
      try {
        this.#make(updates[piece.update]!, piece)
      } catch {
        Atomics.store(control, Control.failed, 1)
      }
      if (Atomics.sub(control, Control.unfinished, 1) === 1) Atomics.notify(control, Control.unfinished)
    }
  }

  #make({ module, size, variables, given, scalars }: PlacedUpdate, { from, count }: Piece): void {
    const run = this.#runs[module]!
    const numbers = scalars.map((address) => this.#numbers[address / 4]!)
    const views = given.map((place) => this.#view(this.#work.given[place]!, size))
    const rooms = this.#rooms.slice(0, views.length)
    const portion = views.length === 0 ? count : PORTION
    for (let start = from; start < from + count; start += portion) {
      const some = Math.min(portion, from + count - start)
      for (const [index, view] of views.entries()) {
        this.#numbers.set(view.subarray(start, start + some), rooms[index]! / 4)
      }
      run(some, ...variables.map((address) => address + 4 * start), ...rooms, ...numbers)
    }
  }

  /** Runs find the same room from step to step, and V8 takes a new view for as much new memory: they are kept. */
  #view(address: bigint, size: number): Float32Array {
    const known = this.#views.get(address)
    if (known?.length === size) return known
    if (this.#views.size >= MOST_VIEWS) this.#views.clear()
    const { buffer, byteOffset } = this.#viewOf(address, 4 * size)
    const view = new Float32Array(buffer, byteOffset, size)
    this.#views.set(address, view)
    return view
  }
}

const MOST_VIEWS = 1024

/** Gives places in a memory, one after another. */
export class Placement {
  #end: number

  constructor(start = 0) {
    this.#end = start
  }

  /** Bytes that are taken. */
  get end(): number {
    return this.#end
  }

  /**
   * The address of room for so many numbers, in whole lines of a cache. No two begin at the same distance from a page's start: caches
   * would take them for each other's neighbours, and a loop through both be three times as slow.
   */
  take(numbers: number): number {
    const address = this.#end
    this.#end += LINE * Math.ceil((4 * numbers) / LINE) + STAGGER
    return address
  }
}

/** Bytes of a cache's line: whole vectors. */
const LINE = 64
const STAGGER = 17 * LINE
