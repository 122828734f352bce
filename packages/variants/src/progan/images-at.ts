import { avgPool, image, type Tensor, type Tensor4D } from '@tensorflow/tfjs-core'
import { type Fade, fadedIn } from '../layers/fade-in.ts'

/** What takes part where layers fade in: the side of the images before. */
export type GrowthFade = Fade & { readonly from: number }

/**
 * Images of the data as a stage sees them: at its size, and where layers fade in, between what both sizes can show, as the generator's
 * are (Karras et al. 2018, section 3).
 *
 * @param images [batch, side, side, channels]
 */
export function imagesAt(images: Tensor, size: number, fade?: GrowthFade): Tensor {
  const now = means(images, size)
  if (fade === undefined) return now
  const before = image.resizeNearestNeighbor(means(now, fade.from), [size, size])
  return fadedIn(before, now, fade)
}

/** Images of `size` pixels a side: each the mean of a square. */
function means(images: Tensor, size: number): Tensor4D {
  const factor = images.shape[1]! / size
  return factor === 1 ? (images as Tensor4D) : avgPool(images as Tensor4D, factor, factor, 'valid')
}
