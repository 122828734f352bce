import { drawNormal } from '@gantry/tfjs'
import {
  abs,
  add,
  cast,
  div,
  fill,
  greaterEqual,
  logicalOr,
  mul,
  range,
  reshape,
  sub,
  type Tensor,
} from '@tensorflow/tfjs-core'
import { drawing, type Share } from './adaptive-draws.ts'

/** Noise in every pixel and channel, with a deviation of each image that is itself half normal. */
export function adaptiveNoise(images: Tensor, share: Share, name: string): Tensor {
  const [batch] = images.shape as [number]
  const { normal, some } = drawing(batch, name)
  const deviation = some('deviation', share, mul(abs(normal('deviation')), 0.1))
  return add(images, mul(drawNormal(`${name}/pixels`, images.shape), reshape(deviation, [batch, 1, 1, 1])))
}

/** A rectangle of half the height and half the width, with its middle anywhere in the image, set to 0. */
export function adaptiveCutout(images: Tensor, share: Share, name: string): Tensor {
  const [batch, height, width] = images.shape as [number, number, number]
  const { uniform, some } = drawing(batch, name)
  // Of the side, from the middle: where nothing is cut, none.
  const half = some('cutout', share, fill([batch, 1, 1], 1 / 4))
  const outside = (axis: string, length: number) => {
    const middles = reshape(div(add(range(0, length), 1 / 2), length), [1, 1, length])
    return greaterEqual(abs(sub(middles, uniform(axis))), half)
  }
  const kept = logicalOr(
    reshape(outside('rows', height), [batch, height, 1, 1]),
    reshape(outside('columns', width), [batch, 1, width, 1]),
  )
  return mul(images, cast(kept, 'float32'))
}
