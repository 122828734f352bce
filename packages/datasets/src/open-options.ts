import { ConfigurationError } from '@gantry/core'
import sharp from 'sharp'
import { type DatasetDefinition, listedName, type OpenDatasetOptions } from './dataset-definition.ts'

/** Larger images than any GAN is trained on; a typing error above it would only run out of memory. */
const MAXIMUM_SIDE = 4096

/**
 * Checks the options against what a data set accepts. `strict` needs no check: a set without files has nothing that
 * could be skipped.
 *
 * @throws ConfigurationError `SIZE_INVALID`, `CHANNELS_INVALID`, `BACKGROUND_INVALID` or `DATASET_OPTION_UNSUPPORTED`.
 */
export function checkOpenOptions(definition: DatasetDefinition, options: OpenDatasetOptions): void {
  const { accepts } = definition
  const { size, channels, background, imageColumn, labelColumn } = options
  if (size !== undefined && (!Number.isInteger(size) || size < 1 || size > MAXIMUM_SIDE)) {
    throw new ConfigurationError({
      code: 'SIZE_INVALID',
      message: `An image size is an integer from 1 to ${MAXIMUM_SIDE} pixels, not ${size}.`,
    })
  }
  if (background !== undefined) checkColour(background)
  for (const [option, given, accepted] of [
    ['size', size, accepts.size],
    ['channels', channels, accepts.channels],
    ['background', background, accepts.background],
    ['imageColumn', imageColumn, accepts.columns],
    ['labelColumn', labelColumn, accepts.columns],
  ] as const) {
    if (given !== undefined && accepted === undefined) throw unsupported(definition, option)
  }
  if (channels !== undefined && !accepts.channels?.includes(channels)) {
    const known = accepts.channels?.join(' or ')
    throw new ConfigurationError({
      code: 'CHANNELS_INVALID',
      message: `${listedName(definition)} gives images of ${known} channel(s), but ${channels} were asked for.`,
      fix: `Leave 'channels' out, or set it to ${known}.`,
    })
  }
}

/** Asks the library that will paint it: a wrong colour would otherwise look like damage of every image. */
function checkColour(background: string): void {
  try {
    sharp({ create: { width: 1, height: 1, channels: 3, background } })
  } catch (cause) {
    throw new ConfigurationError({
      code: 'BACKGROUND_INVALID',
      message: `'${background}' is no colour.`,
      fix: "Write a name or hexadecimal digits: 'white', '#ffcc00'.",
      cause,
    })
  }
}

function unsupported(definition: DatasetDefinition, option: string): ConfigurationError {
  const made = definition.kind === 'points' ? 'is made of points and ' : ''
  return new ConfigurationError({
    code: 'DATASET_OPTION_UNSUPPORTED',
    message: `The data set ${listedName(definition)} ${made}has no option '${option}'.`,
    fix: 'Leave it out.',
  })
}
