import { ShapeError } from '@gantry/core'
import type { ImageBatch } from '../features.ts'

/**
 * Refuses batches that cannot be compared image by image.
 *
 * @param owner who compares them, for the message
 * @throws ShapeError `IMAGES_DIFFER` unless both are [count, height, width, channels] of one shape
 */
export function checkImagePairs(owner: string, left: ImageBatch, right: ImageBatch): void {
  if (left.shape.length === 4 && left.shape.join() === right.shape.join()) return
  throw new ShapeError({
    code: 'IMAGES_DIFFER',
    message: `${owner} compares images pair by pair, [count, height, width, channels], but got [${left.shape}] and [${right.shape}].`,
    fix: 'Give as many images on both sides, of one size.',
  })
}
