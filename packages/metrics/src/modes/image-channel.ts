import { ndarray, ShapeError } from '@gantry/core'
import type { ImageBatch } from '../features.ts'

/**
 * One channel of colour images as grey images: what a classifier of digits takes of stacked MNIST.
 *
 * @throws ShapeError `IMAGES_UNSUITABLE` when there is no such channel
 *
 * @example
 * ```ts
 * const parts = []
 * for (const channel of [0, 1, 2]) {
 *   const { logits } = await extractor.extract(imageChannel(images, channel), ['logits'])
 *   parts.push(predictedClasses(logits))
 * }
 * const { covered } = countClassModes(stackLabels(parts, 10), { classes: 1000 })
 * ```
 */
export function imageChannel(images: ImageBatch, channel: number): ImageBatch {
  const [count = 0, height = 0, width = 0, channels = 0] = images.shape
  if (images.shape.length !== 4 || !(Number.isInteger(channel) && channel >= 0 && channel < channels)) {
    throw new ShapeError({
      code: 'IMAGES_UNSUITABLE',
      message: `Images of shape [${images.shape}] have no channel ${channel}.`,
      fix: 'Images are [count, height, width, channels]; channels count from 0.',
    })
  }
  const data = Uint8Array.from({ length: count * height * width }, (_, at) => images.data[at * channels + channel]!)
  return ndarray('uint8', [count, height, width, 1], data)
}
