import { ConfigurationError } from '@gantry/core'
import type { DatasetOption } from '../dataset-definition.ts'

/** Larger images than any GAN is trained on; a typing error above it would only run out of memory. */
const MAXIMUM_SIDE = 4096

/** `size`: the side that images are brought to. */
export function sizeOption(usual: number): DatasetOption {
  return {
    name: 'size',
    description: `side of the square images in pixels; ${usual} by default`,
    check(size) {
      if (Number.isInteger(size) && (size as number) >= 1 && (size as number) <= MAXIMUM_SIDE) return
      throw new ConfigurationError({
        code: 'SIZE_INVALID',
        message: `An image size is an integer from 1 to ${MAXIMUM_SIDE} pixels, not ${size}.`,
      })
    },
  }
}

/** `channels`: colour or grey; the first that the data set can give is usual. */
export function channelsOption(...known: readonly (1 | 3)[]): DatasetOption {
  const choice = known.toSorted().join(' or ')
  return {
    name: 'channels',
    description: known.length > 1 ? `${choice}; ${known[0]} by default` : `${choice}, as the images are`,
    check(channels, dataset) {
      if (known.includes(channels as 1 | 3)) return
      throw new ConfigurationError({
        code: 'CHANNELS_INVALID',
        message: `${dataset} gives images of ${choice} channel(s), but ${channels} were asked for.`,
        fix: `Leave 'channels' out, or set it to ${choice}.`,
      })
    },
  }
}
