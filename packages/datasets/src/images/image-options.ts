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

/**
 * `loadSize`: the side that images are brought to before crops of `size` pixels are taken of them.
 *
 * @param own whether they may stay as large as they are
 */
export function loadSizeOption({
  own,
  usual = '`size`',
}: {
  readonly own: boolean
  readonly usual?: string
}): DatasetOption {
  const form = own
    ? `an integer from \`size\` to ${MAXIMUM_SIDE}, or 'own'`
    : `an integer from \`size\` to ${MAXIMUM_SIDE}`
  return {
    name: 'loadSize',
    description: `side that images are brought to before crops of \`size\` pixels are taken of them, at random places in training${own ? "; 'own' takes them out of the images as large as they are" : ''}; ${usual} by default`,
    check(loadSize, dataset) {
      if (own && loadSize === 'own') return
      if (Number.isInteger(loadSize) && (loadSize as number) >= 1 && (loadSize as number) <= MAXIMUM_SIDE) return
      throw new ConfigurationError({
        code: 'LOAD_SIZE_INVALID',
        message: `The load size of ${dataset} is ${form}, not ${JSON.stringify(loadSize)}.`,
        fix: 'Pix2Pix jitters images of 256 pixels with loadSize=286, and so a ninth more than any size.',
      })
    },
  }
}

/** `flip`: whether images are mirrored at random in training. */
export const flipOption: DatasetOption = {
  name: 'flip',
  description: 'whether every second image, drawn at random, is mirrored left to right in training; false by default',
  check(flip, dataset) {
    if (typeof flip === 'boolean') return
    throw new ConfigurationError({
      code: 'FLIP_INVALID',
      message: `Whether images of ${dataset} are mirrored is true or false, not ${JSON.stringify(flip)}.`,
    })
  },
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
