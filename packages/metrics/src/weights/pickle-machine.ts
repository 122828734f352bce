import type { PickleCursor } from './pickle-cursor.ts'
import { invalid, unsafe } from './weights-errors.ts'

/** A function that a pickle may call. */
export interface PickleFunction {
  readonly name: string
  call(parameters: readonly unknown[]): unknown
}

/** What a pickle may refer to outside itself. */
export interface PickleWorld {
  /** Undefined for a name that is none of the known: the file is refused then. */
  global(name: string): unknown
  /** What a persistent id stands for; PyTorch's storages have one. */
  persistent(id: unknown): unknown
}

const MARK = Symbol('mark')

/** The stack and the memory that a pickle's instructions work on. Dictionaries are Maps, lists and tuples arrays. */
export class PickleMachine {
  readonly cursor: PickleCursor
  readonly world: PickleWorld
  readonly memo = new Map<number, unknown>()
  readonly #stack: unknown[] = []

  constructor(cursor: PickleCursor, world: PickleWorld) {
    this.cursor = cursor
    this.world = world
  }

  push(value: unknown): void {
    this.#stack.push(value)
  }

  pop(): unknown {
    if (this.#stack.length === 0 || this.top() === MARK) throw damaged('it takes more than it has')
    return this.#stack.pop()
  }

  top(): unknown {
    return this.#stack.at(-1)
  }

  mark(): void {
    this.#stack.push(MARK)
  }

  popToMark(): unknown[] {
    const mark = this.#stack.lastIndexOf(MARK)
    if (mark === -1) throw damaged('a mark is missing')
    return this.#stack.splice(mark).slice(1)
  }

  pushTuple(length: number): void {
    this.push(Array.from({ length }, () => this.pop()).reverse())
  }

  memoize(index: number): void {
    this.memo.set(index, this.top())
  }

  /** @throws ModelFormatError `PICKLE_UNSAFE` */
  pushGlobal(name: string): void {
    const known = this.world.global(name)
    if (known === undefined) throw unsafe(name)
    this.push(known)
  }

  /** @throws ModelFormatError `PICKLE_UNSAFE` */
  call(): void {
    const parameters = this.pop()
    const called = this.pop() as Partial<PickleFunction> | null | undefined
    if (typeof called?.call !== 'function' || !Array.isArray(parameters)) throw unsafe(String(called?.name ?? called))
    this.push(called.call(parameters))
  }

  /** Puts keys and values, in turns, into the dictionary on top. */
  setItems(items: readonly unknown[]): void {
    const target = this.top()
    if (!(target instanceof Map)) throw damaged('it sets items of what is no dictionary')
    for (let index = 0; index + 1 < items.length; index += 2) target.set(items[index], items[index + 1])
  }

  append(items: readonly unknown[]): void {
    const target = this.top()
    if (Array.isArray(target)) for (const item of items) target.push(item)
    else if (target instanceof Set) for (const item of items) target.add(item)
    else throw damaged('it appends to what is no list')
  }
}

function damaged(what: string) {
  return invalid(`The pickle in the weights file is damaged: ${what}.`)
}
