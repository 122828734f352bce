/** Decoded pixels that are kept by default, for any number of images. */
export const PIXEL_BUDGET = 256 * 2 ** 20

/**
 * Keeps the decoded pixels of as many images as fit into a budget: the first ones, for good.
 *
 * Every epoch visits every image once, in a new order. So evicting buys nothing: where half of the images fit, a
 * least-recently-used cache would be hit by 15% of the reads, this one by 50%. The memory is reserved at once but taken
 * from the system only as it fills.
 */
export class PixelStore {
  readonly #length: number
  #pixels: Uint8Array
  #filled: Uint8Array

  /** @param length bytes of one image */
  constructor(count: number, length: number, budget: number) {
    const kept = Math.min(count, Math.floor(budget / length))
    this.#length = length
    this.#pixels = new Uint8Array(kept * length)
    this.#filled = new Uint8Array(kept)
  }

  /** Bytes reserved; never more than the budget. */
  get byteLength(): number {
    return this.#pixels.byteLength
  }

  get(index: number): Uint8Array | undefined {
    if (this.#filled[index] !== 1) return undefined
    return this.#pixels.subarray(index * this.#length, (index + 1) * this.#length)
  }

  /** Does nothing for an image that has no place. */
  set(index: number, pixels: Uint8Array): void {
    if (index >= this.#filled.length) return
    this.#pixels.set(pixels, index * this.#length)
    this.#filled[index] = 1
  }

  /** Gives the memory back; from now on nothing is kept. */
  release(): void {
    this.#pixels = new Uint8Array()
    this.#filled = new Uint8Array()
  }
}
