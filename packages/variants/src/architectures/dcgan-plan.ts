import { ConfigurationError, type Field } from '@gantry/core'
import { hasPixels } from './has-pixels.ts'

/** How a square image is reached from a small map by doublings. */
export interface DcganPlan {
  readonly channels: number
  /** Side of the smallest map. */
  readonly baseSize: number
  readonly doublings: number
}

const SMALLEST_BASE = 4
const LARGEST_BASE = 7

/** Sides that the networks can make: base · 2ⁿ with a base from 4 to 7. */
function nearestSizes(size: number): [number, number] {
  let [below, above] = [SMALLEST_BASE * 2, Number.POSITIVE_INFINITY]
  for (let doublings = 1; doublings < 10; doublings++) {
    for (let base = SMALLEST_BASE; base <= LARGEST_BASE; base++) {
      const side = base * 2 ** doublings
      if (side <= size) below = Math.max(below, side)
      else above = Math.min(above, side)
    }
  }
  return [below, above]
}

/**
 * Plans the networks for these images.
 *
 * @param name of the architecture, for errors
 * @throws ConfigurationError `SIZE_IMPOSSIBLE` for samples that are no square images, or whose side is not 4 to 7 doubled
 * a few times.
 */
export function planDcgan(samples: Pick<Field, 'modality' | 'shape'>, name = 'dcgan'): DcganPlan {
  const { modality, shape } = samples
  const [height, width, channels] = shape
  if (!hasPixels(samples) || height !== width) {
    throw new ConfigurationError({
      code: 'SIZE_IMPOSSIBLE',
      message: `${name} makes square images ([size, size, channels]) but the samples are of the modality ${modality} and have shape [${shape}].`,
      fix: hasPixels(samples) ? 'Give --size to crop them.' : "Use the variant 'vanilla' for data that are no images.",
    })
  }
  let [baseSize, doublings] = [height!, 0]
  while (baseSize > LARGEST_BASE && baseSize % 2 === 0) [baseSize, doublings] = [baseSize / 2, doublings + 1]
  if (doublings === 0 || baseSize < SMALLEST_BASE || baseSize > LARGEST_BASE) {
    const reached = `[${baseSize},${baseSize}]`
    const [below, above] = nearestSizes(height!)
    throw new ConfigurationError({
      code: 'SIZE_IMPOSSIBLE',
      message: `${name} doubles a map of 4 to 7 pixels a side until it has the image's size, but [${shape}] halves only to ${reached}.`,
      fix: `Use --size ${below}${above === Number.POSITIVE_INFINITY ? '' : ` or --size ${above}`}.`,
    })
  }
  return { channels: channels!, baseSize, doublings }
}
