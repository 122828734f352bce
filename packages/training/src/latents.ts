import { type NDArray, ndarray, RandomStream } from '@gantry/core'

/** What a generator is fed with. */
export interface LatentSpace {
  readonly size: number
  /** Standard normal, or uniform in [0, 1). */
  readonly distribution: 'normal' | 'uniform'
}

/** Words of the random stream that `count` draws take; normals are drawn in pairs. */
export function wordsOf(distribution: LatentSpace['distribution'], count: number): number {
  return distribution === 'normal' ? 2 * Math.ceil(count / 2) : count
}

/**
 * Latent vectors number `from` to `from + count - 1` of a seed. Every vector has its own place in the random stream, so
 * vector 70 is the same however many are drawn at a time.
 *
 * @returns float32 [count, size]
 *
 * @example
 * ```ts
 * const latent = drawLatents({ size: 100, distribution: 'normal' }, { seed: 0, count: 64 })
 * ```
 */
export function drawLatents(
  { size, distribution }: LatentSpace,
  { seed, count, from = 0 }: { readonly seed: number; readonly count: number; readonly from?: number },
): NDArray<'float32'> {
  const latents = ndarray('float32', [count, size])
  const random = new RandomStream(seed, 'latent')
  for (let row = 0; row < count; row++) {
    random.seek((from + row) * wordsOf(distribution, size))
    random.fill(distribution, latents.data.subarray(row * size, (row + 1) * size))
  }
  return latents
}
