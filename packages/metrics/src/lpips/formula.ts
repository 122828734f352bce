import { ShapeError } from '@gantry/core'

/** What one layer of a network makes of one image: [channels, height, width], row-major. */
export interface FeatureMap {
  readonly channels: number
  readonly height: number
  readonly width: number
  readonly data: ArrayLike<number>
}

/** Keeps the direction of a zero feature from dividing by zero, as in the reference. */
export const NORM_EPSILON = 1e-10

/**
 * LPIPS of two images from their feature maps (Zhang et al., The Unreasonable Effectiveness of Deep Features as a Perceptual
 * Metric, CVPR 2018, equation 1): at every place the features are scaled to length one, squared differences are weighted by
 * channel, averaged over space and summed over layers. In float64.
 *
 * @param heads for each layer one weight a channel
 * @throws ShapeError `FEATURE_MAPS_DIFFER`
 */
export function perceptualDistance(
  left: readonly FeatureMap[],
  right: readonly FeatureMap[],
  heads: readonly ArrayLike<number>[],
): { readonly total: number; readonly layers: readonly number[] } {
  const layers = left.map((map, layer) => layerDistance(layer, map, right[layer], heads[layer]))
  return { total: layers.reduce((sum, value) => sum + value, 0), layers }
}

function layerDistance(
  layer: number,
  left: FeatureMap,
  right: FeatureMap | undefined,
  head: ArrayLike<number> | undefined,
): number {
  const { channels, height, width } = left
  const fits = right?.channels === channels && right.height === height && right.width === width
  if (!fits || head?.length !== channels) {
    const other = right === undefined ? 'none' : `[${right.channels},${right.height},${right.width}]`
    throw new ShapeError({
      code: 'FEATURE_MAPS_DIFFER',
      message: `LPIPS: layer ${layer} is [${channels},${height},${width}] on one side and ${other} on the other, with ${head?.length ?? 0} weights.`,
      fix: 'Compare images of one size, with the heads of the network that made the features.',
    })
  }
  const area = height * width
  let sum = 0
  for (let place = 0; place < area; place++) {
    const leftLength = lengthAt(left, place, area)
    const rightLength = lengthAt(right, place, area)
    for (let channel = 0; channel < channels; channel++) {
      const index = channel * area + place
      sum += head[channel]! * (left.data[index]! / leftLength - right.data[index]! / rightLength) ** 2
    }
  }
  return sum / area
}

function lengthAt({ channels, data }: FeatureMap, place: number, area: number): number {
  let squares = 0
  for (let channel = 0; channel < channels; channel++) squares += data[channel * area + place]! ** 2
  return Math.sqrt(squares) + NORM_EPSILON
}
