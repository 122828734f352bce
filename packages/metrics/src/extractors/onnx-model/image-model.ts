import { ConfigurationError, type NamedTensorSpec, UnsupportedError } from '@gantry/core'
import type { Graph } from '@gantry/onnx'

/** How a model takes images. */
export interface ImageModelInput {
  readonly name: string
  readonly dtype: 'float32' | 'uint8'
  readonly layout: 'NCHW' | 'NHWC'
  readonly channels: 1 | 3
  readonly size: readonly [height: number, width: number]
  /** For models that were exported for one number of images. */
  readonly batch?: number
}

/**
 * Finds out from the shape of its input how a model takes images: channels are the axis of length 1 or 3.
 *
 * @param size for models that take any
 * @throws UnsupportedError `MODEL_UNSUITABLE`, ConfigurationError `IMAGE_SIZE_UNKNOWN`
 */
export function describeImageInput(
  owner: string,
  { inputs, initializers }: Graph,
  size: readonly [height: number, width: number] | undefined,
): ImageModelInput {
  // Files of old versions list weights among the inputs.
  const fed = inputs.filter(({ name }) => !initializers.has(name))
  const [input] = fed
  if (input === undefined || fed.length !== 1) throw unsuitable(owner, fed, 'one input')
  const { name, dtype, shape } = input
  const [batch, ...axes] = shape
  if (shape.length !== 4 || (dtype !== 'float32' && dtype !== 'uint8'))
    throw unsuitable(owner, fed, 'float32 or uint8 images')
  const isChannels = (length: unknown) => length === 1 || length === 3
  if (isChannels(axes[0]) === isChannels(axes[2]))
    throw unsuitable(owner, fed, 'one axis of 1 or 3 channels, the second or the last')
  const layout = isChannels(axes[0]) ? 'NCHW' : 'NHWC'
  const channels = (layout === 'NCHW' ? axes[0] : axes[2]) as 1 | 3
  const [height, width] = layout === 'NCHW' ? [axes[1], axes[2]] : [axes[0], axes[1]]
  const resolved = [typeof height === 'number' ? height : size?.[0], typeof width === 'number' ? width : size?.[1]]
  if (resolved[0] === undefined || resolved[1] === undefined) {
    throw new ConfigurationError({
      code: 'IMAGE_SIZE_UNKNOWN',
      message: `${owner} takes images of any size: '${name}' is [${shape.join(',')}].`,
      fix: 'Say which size it should see, as height and width.',
    })
  }
  return {
    name,
    dtype,
    layout,
    channels,
    size: [resolved[0], resolved[1]],
    ...(typeof batch === 'number' && { batch }),
  }
}

function unsuitable(owner: string, inputs: readonly NamedTensorSpec[], wanted: string): UnsupportedError {
  const present = inputs.map(({ name, dtype, shape }) => `'${name}' ${dtype}[${shape.join(',')}]`).join(', ') || 'none'
  return new UnsupportedError({
    code: 'MODEL_UNSUITABLE',
    message: `${owner} cannot extract features of images: it needs ${wanted}, and its inputs are ${present}.`,
    fix: 'Export the part of the model that takes a batch of images.',
  })
}
