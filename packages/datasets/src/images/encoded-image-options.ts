import { ConfigurationError } from '@gantry/core'
import sharp from 'sharp'
import type { DatasetOption, OpenDatasetOptions } from '../dataset-definition.ts'
import type { ImageFormat } from './image.ts'
import { channelsOption, flipOption, loadSizeOption, sizeOption } from './image-options.ts'

const background: DatasetOption = {
  name: 'background',
  description: 'colour behind transparent parts, as CSS writes it; white by default',
  check: checkColour,
}

/** The options of every data set whose images are decoded while they are read. */
export const encodedImageOptions = optionsWith(loadSizeOption({ own: true }))

/** The same of images that stay as large as they are, unless something else is asked for. */
export const photographOptions = optionsWith(loadSizeOption({ own: true, usual: 'own' }))

/** The options of a data set whose images have no size of their own, or one that says nothing. */
export const drawingOptions = optionsWith(loadSizeOption({ own: false }))

function optionsWith(loadSize: DatasetOption): readonly DatasetOption[] {
  return [sizeOption(64), channelsOption(3, 1), background, loadSize, flipOption]
}

/**
 * What these options make of images.
 *
 * @throws ConfigurationError `LOAD_SIZE_INVALID` for images that would be smaller than what is taken of them
 */
export function formatOf(options: OpenDatasetOptions): ImageFormat {
  const { size = 64, channels = 3, background, loadSize, flip } = options
  if (typeof loadSize === 'number' && loadSize < size) {
    throw new ConfigurationError({
      code: 'LOAD_SIZE_INVALID',
      message: `Images are brought to ${loadSize} pixels (loadSize), which has no crops of ${size} (size).`,
      fix: `Make 'loadSize' ${Math.round((size * 286) / 256)}, as Pix2Pix does for ${size} pixels, or 'size' smaller.`,
    })
  }
  return {
    ...{ size, channels },
    ...(background && { background }),
    ...(loadSize !== undefined && { loadSize }),
    ...(flip && { flip }),
  }
}

/** Asks the library that will paint it: a wrong colour would otherwise look like damage of every image. */
function checkColour(colour: unknown): void {
  try {
    sharp({ create: { width: 1, height: 1, channels: 3, background: colour as string } })
  } catch (cause) {
    throw new ConfigurationError({
      code: 'BACKGROUND_INVALID',
      message: `'${colour}' is no colour.`,
      fix: "Write a name or hexadecimal digits: 'white', '#ffcc00'.",
      cause,
    })
  }
}
