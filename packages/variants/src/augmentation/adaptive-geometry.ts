import {
  clipByValue,
  floor,
  less,
  mul,
  neg,
  onesLike,
  pow,
  round,
  sqrt,
  sub,
  type Tensor,
  where,
  zerosLike,
} from '@tensorflow/tfjs-core'
import { around, drawing, factors, type Share } from './adaptive-draws.ts'
import { type Affine, composed, moving, scaling, shrinking, turning } from './affine.ts'
import { warp } from './warp.ts'

/** Mirrored, turned by quarters, moved by up to an eighth of a side in whole pixels. */
function blitting(images: Tensor, share: Share, name: string): Affine {
  const [batch, height, width] = images.shape as [number, number, number]
  const { uniform, some } = drawing(batch, name)
  const flips = some('flip', share, floor(mul(uniform('flip'), 2)))
  const quarters = some('turn', share, floor(mul(uniform('turn'), 4)))
  // Both axes of an image are moved, or none.
  const applies = less(uniform('move/applies'), share)
  const shift = (axis: string, length: number) => {
    const moved = around(uniform(`move/${axis}`), 1 / 8)
    return neg(round(mul(where(applies, moved, zerosLike(moved)), length)))
  }
  const mirrored = sub(1, mul(flips, 2))
  const turned = composed(scaling(mirrored, onesLike(mirrored)), turning(mul(quarters, Math.PI / 2)))
  return composed(turned, moving(shift('x', width), shift('y', height)))
}

/** Scaled, turned, stretched, turned again, and moved by parts of pixels. */
function bending(images: Tensor, share: Share, name: string): Affine {
  const [batch, height, width] = images.shape as [number, number, number]
  const { uniform, normal, some } = drawing(batch, name)
  const scale = some('scale', share, factors(normal('scale'), 0.2), onesLike)
  // A share of the images is turned before it is stretched, or after, or both.
  const either = sub(1, sqrt(clipByValue(sub(1, share), 0, 1)))
  const angle = (when: string) => some(when, either, around(uniform(when), Math.PI))
  const stretch = some('stretch', share, factors(normal('stretch'), 0.2), onesLike)
  const applies = less(uniform('shift/applies'), share)
  const shift = (axis: string, length: number) => {
    const moved = mul(normal(`shift/${axis}`), length / 8)
    return neg(where(applies, moved, zerosLike(moved)))
  }
  const steps = [
    turning(angle('turn_before')),
    scaling(reciprocal(stretch), stretch),
    turning(angle('turn_after')),
    moving(shift('x', width), shift('y', height)),
  ]
  return steps.reduce((map, step) => composed(map, step), shrinking(scale, scale))
}

const reciprocal = (numbers: Tensor) => pow(numbers, -1)

/** Mirrored, turned by quarters and moved by whole pixels, then scaled, turned, stretched and moved, as one look at the image. */
export function adaptiveGeometry(images: Tensor, share: Share, name: string): Tensor {
  return warp(images, composed(blitting(images, share, name), bending(images, share, name)))
}
