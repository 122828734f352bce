import { ConfigurationError } from '@gantry/core'
import type { ImageBatch } from '../features.ts'
import { resizePilUint8 } from '../resize/resize-pil-uint8.ts'
import { withChannels } from './with-channels.ts'

/** An answer that nothing was learned for. */
export interface Baseline {
  readonly name: string
  readonly description: string
  /**
   * @param sources what a model is given: [count, height, width, channels]
   * @param target [height, width, channels] of what it should make
   * @returns as many answers; undefined where this is no answer to such a question
   */
  answer(sources: ImageBatch, target: readonly number[]): ImageBatch | undefined
}

const identity: Baseline = {
  name: 'identity',
  description: 'the source itself; grey as colour, and colour as grey',
  answer(sources, [height, width, channels]) {
    const [, ownHeight, ownWidth] = sources.shape
    return ownHeight === height && ownWidth === width ? withChannels(sources, channels!) : undefined
  },
}

const bicubic: Baseline = {
  name: 'bicubic',
  description: 'the source enlarged',
  answer(sources, [height, width, channels]) {
    const [, ownHeight, ownWidth] = sources.shape
    const factor = height! / ownHeight!
    if (!Number.isInteger(factor) || factor < 2 || width !== factor * ownWidth!) return undefined
    return withChannels(enlargeBicubic(sources, factor), channels!)
  },
}

/** The baselines that need nothing but the source. */
export const baselines: readonly Baseline[] = [identity, bicubic]

/**
 * Images a whole number of times as high and as wide, as Pillow's `resize(…, BICUBIC)` makes them (a = -0.5), bit for bit: what
 * super-resolution is measured against.
 *
 * @param low [count, height, width, channels]
 * @throws ConfigurationError `FACTOR_INVALID`
 *
 * @example
 * ```ts
 * const [decibels] = peakSignalToNoise(enlargeBicubic(low, 4), high)
 * ```
 */
export function enlargeBicubic(low: ImageBatch, factor: number): ImageBatch {
  if (!Number.isInteger(factor) || factor < 1) {
    throw new ConfigurationError({
      code: 'FACTOR_INVALID',
      message: `Images are enlarged by a whole number, not by ${factor}.`,
      fix: 'Give 2 or 4, or resize to a size with resizePilUint8.',
    })
  }
  const [, height, width] = low.shape as [number, number, number, number]
  return resizePilUint8(low, [factor * height, factor * width])
}
