import type { TypedArray } from '@gantry/core'
import { readElements, type StoredType, storedBytes } from './elements.ts'
import { type TorchStorage, torchWorld } from './torch-pickle.ts'
import { unpickle } from './unpickle.ts'
import { invalid, truncated } from './weights-errors.ts'

const MAGIC = 0x1950a86a20f9469cfc6cn

/** A storage whose numbers come after the pickle that refers to it. */
class PendingStorage implements TorchStorage {
  readonly type: StoredType
  readonly length: number
  #elements: TypedArray | undefined

  constructor(type: StoredType, length: number) {
    this.type = type
    this.length = length
  }

  get elements(): TypedArray {
    if (this.#elements === undefined) throw truncated('a storage is missing')
    return this.#elements
  }

  set elements(elements: TypedArray) {
    this.#elements = elements
  }
}

/** True for files that begin with the pickled magic number of PyTorch before 1.6. */
export function isTorchLegacy(bytes: Uint8Array): boolean {
  return bytes[0] === 0x80 && bytes[2] === 0x8a && bytes[3] === 10 && bytes[4] === 0x6c && bytes[5] === 0xfc
}

/**
 * The object in a checkpoint as PyTorch wrote it before 1.6, and on demand since: pickles of a magic number, a version, the
 * writer's platform, the object and the names of its storages; then the storages.
 *
 * The numbers are little-endian on every platform, whatever the third pickle says; PyTorch does not look at it either.
 */
export function readTorchLegacy(bytes: Uint8Array): unknown {
  const storages = new Map<string, PendingStorage>()
  const world = torchWorld(({ type, key, length, view }) => {
    if (view !== null)
      throw invalid(
        'The weights file is of PyTorch before 0.4, with views of storages.',
        'Save it again with a newer PyTorch.',
      )
    const storage = storages.get(key) ?? new PendingStorage(type, length)
    storages.set(key, storage)
    return storage
  })
  let at = 0
  const next = () => {
    const { value, end } = unpickle(bytes, at, world)
    at = end
    return value
  }
  if (next() !== MAGIC) throw invalid('The weights file is a pickle, but none of PyTorch.')
  next() // version
  next() // platform
  const value = next()
  const keys = next()
  if (!Array.isArray(keys)) throw invalid('The weights file does not say which storages follow.')
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  for (const key of keys) {
    const storage = storages.get(key)
    if (storage === undefined) throw invalid(`The weights file has a storage '${key}' that no tensor uses.`)
    const from = at + 8
    const end = from + storage.length * storedBytes(storage.type)
    if (end > bytes.length) throw truncated(`storage '${key}' ends after it`)
    const length = Number(view.getBigInt64(at, true))
    if (length !== storage.length) {
      throw invalid(
        `Storage '${key}' of the weights file has ${length} elements where ${storage.length} were announced.`,
      )
    }
    storage.elements = readElements(storage.type, bytes.subarray(from, end))
    at = end
  }
  return value
}
