import { describeSpec, type NDArray } from '@gantry/core'

/** Bytes that are looked at before two arrays are compared in full. */
const SAMPLE_SIZE = 256

function bytesOf({ data }: NDArray): Uint8Array {
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
}

/** 32-bit FNV-1a hash of evenly spread bytes: enough to tell most arrays apart without reading them. */
function hashSample(bytes: Uint8Array): number {
  // An odd stride visits all bytes of a float, also those that differ most often.
  const stride = Math.floor(bytes.length / SAMPLE_SIZE) | 1
  let hash = 0x811c9dc5
  for (let index = 0; index < bytes.length; index += stride) hash = Math.imul(hash ^ bytes[index]!, 0x01000193)
  return hash >>> 0
}

function sameBytes(left: NDArray, right: NDArray): boolean {
  const [leftBytes, rightBytes] = [bytesOf(left), bytesOf(right)]
  for (let index = 0; index < leftBytes.length; index++) if (leftBytes[index] !== rightBytes[index]) return false
  return true
}

/** Names of arrays, found again by dtype, shape and content (bit for bit, so that -0 and 0 stay apart). */
export class ArrayIndex {
  readonly #buckets = new Map<string, { readonly name: string; readonly array: NDArray }[]>()

  #size = 0

  /** Number of different arrays. */
  get size(): number {
    return this.#size
  }

  /** The name of the first array that equals this one; when it is the first itself, it is kept under the given name. */
  findOrAdd(array: NDArray, name: () => string): string {
    const key = `${describeSpec(array)}#${hashSample(bytesOf(array))}`
    const bucket = this.#buckets.get(key) ?? []
    const known = bucket.find((entry) => entry.array.data === array.data || sameBytes(entry.array, array))
    if (known !== undefined) return known.name
    const entry = { name: name(), array }
    this.#size++
    this.#buckets.set(key, [...bucket, entry])
    return entry.name
  }
}
