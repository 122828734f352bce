import { ConfigurationError } from '@gantry/core'
import sharp from 'sharp'
import type { DatasetOption, OpenDatasetOptions } from '../dataset-definition.ts'
import type { ImageFormat } from './image.ts'
import { channelsOption, sizeOption } from './image-options.ts'

const background: DatasetOption = {
  name: 'background',
  description: 'colour behind transparent parts, as CSS writes it; white by default',
  check: checkColour,
}

/** The options of every data set whose images are decoded while they are read. */
export const encodedImageOptions: readonly DatasetOption[] = [sizeOption(64), channelsOption(3, 1), background]

/** What these options make of images. */
export function formatOf({ size = 64, channels = 3, background }: OpenDatasetOptions): ImageFormat {
  return { size, channels, ...(background && { background }) }
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
