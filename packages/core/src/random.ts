import { ConfigurationError } from './errors.ts'

const MULTIPLIER_0 = 0xd2511f53
const MULTIPLIER_1 = 0xcd9e8d57
const WEYL_0 = 0x9e3779b9
const WEYL_1 = 0xbb67ae85
const ROUNDS = 10

/** High 32 bits of the product of two unsigned 32-bit integers. */
function multiplyHigh(left: number, right: number): number {
  const leftHigh = left >>> 16
  const leftLow = left & 0xffff
  const rightHigh = right >>> 16
  const rightLow = right & 0xffff
  // None of these sums reaches 2^32: engines keep them in integer registers.
  const middle = (Math.imul(leftHigh, rightLow) >>> 0) + (Math.imul(leftLow, rightLow) >>> 16)
  const carry = (middle & 0xffff) + (Math.imul(leftLow, rightHigh) >>> 0)
  return ((Math.imul(leftHigh, rightHigh) >>> 0) + (middle >>> 16) + (carry >>> 16)) >>> 0
}

/**
 * Philox4x32-10 (Salmon et al., Parallel Random Numbers: As Easy as 1, 2, 3, SC 2011): four random words from a
 * 128-bit counter and a 64-bit key. For one key it is a bijection of the counter, so distinct counters never collide.
 */
export function philox(
  counter: readonly [number, number, number, number],
  key: readonly [number, number],
  out: Uint32Array,
): void {
  let [c0, c1, c2, c3] = counter
  let [k0, k1] = key
  for (let round = 0; round < ROUNDS; round++) {
    const high0 = multiplyHigh(MULTIPLIER_0, c0)
    const high1 = multiplyHigh(MULTIPLIER_1, c2)
    const low0 = Math.imul(MULTIPLIER_0, c0) >>> 0
    const low1 = Math.imul(MULTIPLIER_1, c2) >>> 0
    c0 = (high1 ^ c1 ^ k0) >>> 0
    c1 = low1
    c2 = (high0 ^ c3 ^ k1) >>> 0
    c3 = low0
    k0 = (k0 + WEYL_0) >>> 0
    k1 = (k1 + WEYL_1) >>> 0
  }
  out[0] = c0
  out[1] = c1
  out[2] = c2
  out[3] = c3
}

/** Streams are made anew for every batch and every request, of a handful of names. */
const hashes = new Map<string, readonly [number, number]>()
const MOST_HASHES = 256

/** 64-bit FNV-1a hash of a name, as two words. */
function hashName(name: string): readonly [number, number] {
  const known = hashes.get(name)
  if (known !== undefined) return known
  let hash = 0xcbf29ce484222325n
  for (const byte of new TextEncoder().encode(name)) {
    hash = ((hash ^ BigInt(byte)) * 0x100000001b3n) & 0xffffffffffffffffn
  }
  const words = [Number(hash & 0xffffffffn), Number(hash >> 32n)] as const
  if (hashes.size < MOST_HASHES) hashes.set(name, words)
  return words
}

/** Everything that a {@link RandomStream} is: plain JSON. */
export interface RandomState {
  readonly seed: number
  readonly stream: readonly [number, number]
  /** Words drawn so far. */
  readonly position: number
}

/**
 * A seeded, serialisable stream of random numbers.
 *
 * Counter-based: the counter's upper 64 bits are the stream and its lower 64 bits the position, under a key made from the
 * seed. So streams of one seed never overlap, any position can be reached at once, and the state is three numbers.
 *
 * @example
 * ```ts
 * const random = new RandomStream(42, 'latent')
 * random.fillNormal(new Float32Array(64 * 100))
 * const later = RandomStream.restore(JSON.parse(JSON.stringify(random.save())))
 * ```
 */
export class RandomStream {
  readonly seed: number
  readonly #stream: readonly [number, number]
  readonly #key: readonly [number, number]
  readonly #block = new Uint32Array(4)
  #position = 0
  #blockIndex = -1

  /**
   * @param seed integer from 0 to 2^53 - 1
   * @param stream name of the stream (hashed to 64 bits), or its 64-bit index as [low, high] words
   * @throws ConfigurationError `SEED_INVALID`
   */
  constructor(seed: number, stream: string | readonly [number, number]) {
    if (!Number.isSafeInteger(seed) || seed < 0) {
      throw new ConfigurationError({
        code: 'SEED_INVALID',
        message: `A seed is an integer from 0 to ${Number.MAX_SAFE_INTEGER}, not ${seed}.`,
      })
    }
    this.seed = seed
    this.#key = [seed >>> 0, Math.floor(seed / 0x100000000)]
    this.#stream = typeof stream === 'string' ? hashName(stream) : stream
  }

  static restore(state: RandomState): RandomStream {
    return new RandomStream(state.seed, state.stream).seek(state.position)
  }

  save(): RandomState {
    return { seed: this.seed, stream: this.#stream, position: this.#position }
  }

  /** Goes to a position, counted in 32-bit words from the start of the stream. */
  seek(position: number): this {
    this.#position = position
    return this
  }

  /** An integer from 0 to 2^32 - 1. */
  uint32(): number {
    const blockIndex = Math.floor(this.#position / 4)
    if (blockIndex !== this.#blockIndex) {
      const [streamLow, streamHigh] = this.#stream
      philox([blockIndex >>> 0, Math.floor(blockIndex / 0x100000000), streamLow, streamHigh], this.#key, this.#block)
      this.#blockIndex = blockIndex
    }
    return this.#block[this.#position++ % 4]!
  }

  /** Uniform in [0, 1), a multiple of 2^-24: exact in float32. */
  uniform(): number {
    return (this.uint32() >>> 8) / 0x1000000
  }

  /** Uniform integer from 0 to `bound` - 1, without bias; a bound below 2^32. */
  integer(bound: number): number {
    let word = this.uint32()
    // What lies above the last multiple of the bound is less than one bound: most words need no remainder of 2^32.
    while (word >= 0x100000000 - bound && word >= 0x100000000 - (0x100000000 % bound)) word = this.uint32()
    return (word >>> 0) % (bound >>> 0)
  }

  /** Fills with independent standard normal draws (Box and Muller 1958). */
  fillNormal<T extends Float32Array | Float64Array>(out: T): T {
    for (let index = 0; index < out.length; index += 2) {
      const radius = Math.sqrt(-2 * Math.log((this.uint32() + 0.5) / 0x100000000))
      const angle = (2 * Math.PI * this.uint32()) / 0x100000000
      out[index] = radius * Math.cos(angle)
      if (index + 1 < out.length) out[index + 1] = radius * Math.sin(angle)
    }
    return out
  }

  /** Fills with independent uniform draws in [0, 1). */
  fillUniform<T extends Float32Array | Float64Array>(out: T): T {
    for (let index = 0; index < out.length; index++) out[index] = this.uniform()
    return out
  }

  /** Fills with independent draws of this kind. */
  fill<T extends Float32Array | Float64Array>(distribution: 'normal' | 'uniform', out: T): T {
    return distribution === 'normal' ? this.fillNormal(out) : this.fillUniform(out)
  }

  /** A random order of 0 … size - 1 (Fisher and Yates). */
  permutation(size: number): Uint32Array {
    const order = new Uint32Array(size)
    for (let index = 0; index < size; index++) order[index] = index
    for (let last = size - 1; last > 0; last--) {
      const other = this.integer(last + 1)
      const value = order[last]!
      order[last] = order[other]!
      order[other] = value
    }
    return order
  }
}
