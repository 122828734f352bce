import { RandomStream } from '@gantry/core'

/** A run reads the same epoch for its steps, its grids and each look at its health: the newest permutation serves all of them. */
let newest: { readonly name: string; readonly permutation: Uint32Array } | undefined

function permutationOf(seed: number, epoch: number, size: number): Uint32Array {
  const name = `${seed}/${epoch}/${size}`
  if (newest?.name === name) return newest.permutation
  const permutation = new RandomStream(seed, `batches/epoch-${epoch}`).permutation(size)
  newest = { name, permutation }
  return permutation
}

/**
 * The endless order of a shuffled data set: each epoch is a permutation of its own.
 *
 * Position p is sample p mod size of epoch ⌊p / size⌋, whatever the batch size; so a stream can start anywhere.
 */
export class SampleOrder {
  readonly #seed: number
  readonly #size: number
  #epoch = -1
  #permutation: Uint32Array = new Uint32Array()

  /** @throws ConfigurationError `SEED_INVALID` */
  constructor(seed: number, size: number) {
    this.#seed = seed
    this.#size = size
    this.#enter(0)
  }

  /** Indices of `count` samples from `position` on; may span any number of epochs. */
  slice(position: number, count: number): Uint32Array {
    const indices = new Uint32Array(count)
    for (let filled = 0; filled < count; ) {
      const offset = (position + filled) % this.#size
      this.#enter(Math.floor((position + filled) / this.#size))
      const run = this.#permutation.subarray(offset, offset + count - filled)
      indices.set(run, filled)
      filled += run.length
    }
    return indices
  }

  #enter(epoch: number): void {
    if (epoch === this.#epoch) return
    this.#permutation = permutationOf(this.#seed, epoch, this.#size)
    this.#epoch = epoch
  }
}
