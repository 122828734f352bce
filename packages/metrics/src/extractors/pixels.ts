import { ShapeError } from '@gantry/core'
import type { FeatureExtractor } from '../extractor.ts'
import type { ImageBatch } from '../features.ts'
import { resizeImages } from '../resize/resize-images.ts'
import { checkImages } from './image-input.ts'
import { checkLayers, QUANTISATION } from './session-extractor.ts'

/** Which images {@link createPixels} will see. */
export interface PixelsOptions {
  /** Height, width and channels of every image. */
  readonly shape: readonly [height: number, width: number, channels: number]
  /** Images of longer sides are made smaller to this: distances need the square of the number of features. */
  readonly longestSide?: number
}

/**
 * The pixels themselves, from 0 to 1, as features: needs no weights and no engine.
 *
 * It says whether colours and places are right and little about what is shown, so use it where nothing better fits.
 *
 * @throws (from `extract`) ShapeError `IMAGES_UNSUITABLE`
 *
 * @example
 * ```ts
 * const extractor = createPixels({ shape: [28, 28, 1] })
 * const { pixels } = await extractor.extract(images, ['pixels'])
 * ```
 */
export function createPixels({ shape, longestSide = 32 }: PixelsOptions): FeatureExtractor {
  const [height, width, channels] = shape
  const scale = Math.min(1, longestSide / Math.max(height, width))
  const size = [Math.max(1, Math.round(height * scale)), Math.max(1, Math.round(width * scale))] as const
  const columns = size[0] * size[1] * channels
  const description = {
    name: 'pixels',
    frechetName: 'pixels-frechet',
    layers: { pixels: columns },
    featureLayer: 'pixels',
    protocol: {
      extractor: 'pixels',
      weights: 'none',
      resizer: scale < 1 ? `pil-bicubic to ${size[0]}×${size[1]}` : 'none',
      quantisation: QUANTISATION,
    },
  }
  return {
    ...description,
    async extract(images, layers) {
      checkShape(images, shape)
      checkLayers(description, layers)
      const { data } = scale < 1 ? resizeImages(images, size, 'pil-bicubic') : images
      const features = { rows: images.shape[0]!, columns, data: Float32Array.from(data, (value) => value / 255) }
      return Object.fromEntries(layers.map((layer) => [layer, features]))
    },
    async dispose() {},
  }
}

function checkShape(images: ImageBatch, expected: readonly number[]): void {
  checkImages("The extractor 'pixels'", images)
  if (images.shape.slice(1).join() === expected.join()) return
  throw new ShapeError({
    code: 'IMAGES_UNSUITABLE',
    message: `The extractor 'pixels' was made for images of [${expected.join(',')}] but got [${images.shape.slice(1).join(',')}].`,
    fix: 'Resize all images to one size and one number of channels first.',
  })
}
