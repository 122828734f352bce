import { ndarray } from '@gantry/core'
import type { ImageBatch } from '../features.ts'

/** Luma of ITU-R BT.601 in fixed point, as Pillow's `convert('L')` has it. */
const LUMA = [19595, 38470, 7471] as const
const HALF = 1 << 15

/**
 * The same images with other channels: grey ones as colours that are alike, colours as their luma.
 *
 * @returns undefined where nothing leads from the one to the other
 */
export function withChannels(images: ImageBatch, channels: number): ImageBatch | undefined {
  const [count, height, width, own] = images.shape as [number, number, number, number]
  if (own === channels) return images
  const shape = [count, height, width, channels]
  const pixels = count * height * width
  if (own === 1) {
    return ndarray(
      'uint8',
      shape,
      Uint8Array.from({ length: pixels * channels }, (_, at) => images.data[Math.floor(at / channels)]!),
    )
  }
  if (own !== 3 || channels !== 1) return undefined
  const luma = (at: number) =>
    LUMA.reduce((sum, weight, channel) => sum + weight * images.data[3 * at + channel]!, HALF)
  return ndarray(
    'uint8',
    shape,
    Uint8Array.from({ length: pixels }, (_, at) => luma(at) >> 16),
  )
}
