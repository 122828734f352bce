import { ConfigurationError } from '@gantry/core'

const SIZE = 624
const SHIFT = 397

/**
 * numpy's legacy generator, `numpy.random.RandomState(seed)`: the Mersenne Twister MT19937 (Matsumoto & Nishimura,
 * ACM TOMACS 1998), seeded as `init_genrand`, and numpy's ways to draw from it (numpy 1.24.2, `_legacy_seeding`,
 * `legacy_random_interval`, `legacy_gauss`). The reference metrics shuffle and sample with it. Not for anything new: use
 * core's `RandomStream` there.
 *
 * @throws ConfigurationError `SEED_INVALID`
 *
 * @example
 * ```ts
 * new NumpyRandomState(2020).permutation(10) // 2 4 9 1 5 7 6 3 8 0
 * ```
 */
export class NumpyRandomState {
  readonly #words = new Uint32Array(SIZE)
  #next = SIZE
  #spareNormal: number | undefined

  constructor(seed: number) {
    if (!Number.isInteger(seed) || seed < 0 || seed > 0xffffffff) {
      throw new ConfigurationError({
        code: 'SEED_INVALID',
        message: `numpy's RandomState takes a seed from 0 to ${0xffffffff}, not ${seed}.`,
      })
    }
    let word = seed
    for (let index = 0; index < SIZE; index++) {
      this.#words[index] = word
      word = (Math.imul(1812433253, word ^ (word >>> 30)) + index + 1) >>> 0
    }
  }

  uint32(): number {
    if (this.#next === SIZE) this.#twist()
    let word = this.#words[this.#next++]!
    word ^= word >>> 11
    word ^= (word << 7) & 0x9d2c5680
    word ^= (word << 15) & 0xefc60000
    return (word ^ (word >>> 18)) >>> 0
  }

  /** `random_sample()`: uniform in [0, 1), a multiple of 2⁻⁵³. */
  uniform(): number {
    const high = this.uint32() >>> 5
    const low = this.uint32() >>> 6
    return (high * 0x4000000 + low) / 0x20000000000000
  }

  /** Uniform integer from 0 to `maximum` (included): masks a word and draws again while it is too large. */
  integerUpTo(maximum: number): number {
    if (maximum === 0) return 0
    const mask = 0xffffffff >>> Math.clz32(maximum)
    let value = (this.uint32() & mask) >>> 0
    while (value > maximum) value = (this.uint32() & mask) >>> 0
    return value
  }

  /** `randn()`: Marsaglia's polar method, which makes two at a time. */
  normal(): number {
    if (this.#spareNormal !== undefined) {
      const spare = this.#spareNormal
      this.#spareNormal = undefined
      return spare
    }
    for (;;) {
      const x = 2 * this.uniform() - 1
      const y = 2 * this.uniform() - 1
      const square = x * x + y * y
      if (square >= 1 || square === 0) continue
      const scale = Math.sqrt((-2 * Math.log(square)) / square)
      this.#spareNormal = scale * x
      return scale * y
    }
  }

  /** `permutation(size)`: Fisher and Yates, from the end. */
  permutation(size: number): Uint32Array {
    const order = Uint32Array.from({ length: size }, (_, index) => index)
    for (let last = size - 1; last > 0; last--) {
      const other = this.integerUpTo(last)
      const value = order[last]!
      order[last] = order[other]!
      order[other] = value
    }
    return order
  }

  /**
   * `choice(size, count, replace=False)`: numpy permutes all of them and takes the first.
   *
   * @throws ConfigurationError `SAMPLE_TOO_LARGE`
   */
  choice(size: number, count: number): Uint32Array {
    if (count > size) {
      throw new ConfigurationError({
        code: 'SAMPLE_TOO_LARGE',
        message: `${count} of ${size} cannot be chosen without taking one twice.`,
      })
    }
    return this.permutation(size).subarray(0, count)
  }

  #twist(): void {
    const words = this.#words
    for (let index = 0; index < SIZE; index++) {
      const joined = (words[index]! & 0x80000000) | (words[(index + 1) % SIZE]! & 0x7fffffff)
      words[index] = words[(index + SHIFT) % SIZE]! ^ (joined >>> 1) ^ (joined & 1 ? 0x9908b0df : 0)
    }
    this.#next = 0
  }
}
