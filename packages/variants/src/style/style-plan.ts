import { ConfigurationError, type Field } from '@gantry/core'
import { doublingsTo, FIRST_SIDE } from '../architectures/doubling-maps.ts'
import { hasPixels } from '../architectures/has-pixels.ts'

const [SMALLEST, LARGEST] = [8, 1024]

/** Sides of the maps of a network, from 4 pixels to the image's. */
export interface StylePlan {
  readonly size: number
  readonly channels: number
  /** 4, 8, 16 … */
  readonly sides: readonly number[]
  /** Styles that a sample has: two a map, of which the last map's second, or colour, is the last. */
  readonly styles: number
}

/**
 * Plans the networks for these images.
 *
 * @param variant for errors
 * @throws ConfigurationError `SIZE_IMPOSSIBLE` for samples that are no square images of 8, 16 … 1024 pixels a side, with the nearest
 */
export function planStyles(variant: string, samples: Pick<Field, 'modality' | 'shape'>): StylePlan {
  const [height, width, channels] = samples.shape as [number, number, number]
  if (!hasPixels(samples) || height !== width) {
    throw new ConfigurationError({
      code: 'SIZE_IMPOSSIBLE',
      message: `${variant} makes square images ([size, size, channels]) but the samples are of the modality ${samples.modality} and have shape [${samples.shape}].`,
      fix: hasPixels(samples) ? `Use --size ${nearest(Math.min(height, width))}.` : 'Choose data of images.',
    })
  }
  if (nearest(height) !== height) {
    throw new ConfigurationError({
      code: 'SIZE_IMPOSSIBLE',
      message: `${variant} doubles a map of ${FIRST_SIDE} pixels until it has the image's side, from ${SMALLEST} to ${LARGEST}, but that is ${height}.`,
      fix: `Use --size ${nearest(height)}.`,
    })
  }
  const sides = doublingsTo(height)
  return { size: height, channels, sides, styles: 2 * sides.length }
}

/** The power of two that is nearest by factor, of those that there are networks for. */
function nearest(size: number): number {
  return Math.min(LARGEST, Math.max(SMALLEST, 2 ** Math.round(Math.log2(Math.max(size, 1)))))
}
