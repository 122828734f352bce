import { ConfigurationError } from '@gantry/core'
import { type DatasetDefinition, listedName, type OpenDatasetOptions } from './dataset-definition.ts'

/** Larger images than any GAN is trained on; a typing error above it would only run out of memory. */
const MAXIMUM_SIDE = 4096

/**
 * Checks `size` and `channels` against what a data set accepts. `strict` needs no check: a set without files has
 * nothing that could be skipped.
 *
 * @throws ConfigurationError `SIZE_INVALID`, `CHANNELS_INVALID` or `DATASET_OPTION_UNSUPPORTED`.
 */
export function checkOpenOptions(definition: DatasetDefinition, { size, channels }: OpenDatasetOptions): void {
  const { accepts } = definition
  const name = listedName(definition)
  if (size !== undefined && (!Number.isInteger(size) || size < 1 || size > MAXIMUM_SIDE)) {
    throw new ConfigurationError({
      code: 'SIZE_INVALID',
      message: `An image size is an integer from 1 to ${MAXIMUM_SIDE} pixels, not ${size}.`,
    })
  }
  if (size !== undefined && !accepts.size) throw unsupported(name, 'size')
  if (channels === undefined) return
  if (accepts.channels === undefined) throw unsupported(name, 'channels')
  if (!accepts.channels.includes(channels)) {
    throw new ConfigurationError({
      code: 'CHANNELS_INVALID',
      message: `${name} gives images of ${accepts.channels.join(' or ')} channel(s), but ${channels} were asked for.`,
      fix: `Leave 'channels' out, or set it to ${accepts.channels.join(' or ')}.`,
    })
  }
}

function unsupported(name: string, option: string): ConfigurationError {
  return new ConfigurationError({
    code: 'DATASET_OPTION_UNSUPPORTED',
    message: `The data set ${name} is made of points and has no option '${option}'.`,
    fix: 'Leave it out.',
  })
}
