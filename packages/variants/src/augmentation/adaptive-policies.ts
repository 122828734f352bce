import { drawNormal, drawUniform } from '@gantry/tfjs'
import {
  add,
  clipByValue,
  cos,
  floor,
  less,
  matMul,
  mean,
  mul,
  neg,
  onesLike,
  pow,
  reshape,
  round,
  sin,
  sqrt,
  sub,
  type Tensor,
  tensor,
  where,
  zerosLike,
} from '@tensorflow/tfjs-core'
import { type Affine, composed, moving, scaling, shrinking, turning } from './affine.ts'
import { warp } from './warp.ts'

type Share = number | Tensor

/** Draws for a batch, a number an image: [batch, 1, 1]. */
function drawing(batch: number, name: string) {
  const shape = [batch, 1, 1]
  return {
    uniform: (own: string) => drawUniform<Tensor>(`${name}/${own}`, shape),
    normal: (own: string) => drawNormal<Tensor>(`${name}/${own}`, shape),
    /** The numbers of a share of the images, and `otherwise` of the others. */
    some: (own: string, share: Share, numbers: Tensor, otherwise: (like: Tensor) => Tensor = zerosLike) =>
      where(less(drawUniform(`${name}/${own}/applies`, shape), share), numbers, otherwise(numbers)),
  }
}

/** 2ⁿ of normal n with this deviation. */
const factors = (normal: Tensor, deviation: number) => pow(2, mul(normal, deviation))

/** Uniform in (-most, most). */
const around = (uniform: Tensor, most: number) => mul(sub(mul(uniform, 2), 1), most)

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

/** Brightness, contrast, luma flip, hue and saturation; grey images have neither of the last two. */
export function adaptiveColors(images: Tensor, share: Share, name: string): Tensor {
  const [batch, height, width, channels] = images.shape as [number, number, number, number]
  const { uniform, normal, some } = drawing(batch, name)
  const each = (numbers: Tensor) => reshape(numbers, [batch, 1, 1, 1])
  const grey = (own: Tensor) => mean(own, 3, true)
  const bright = add(images, each(some('brightness', share, mul(normal('brightness'), 0.2))))
  const contrasted = mul(bright, each(some('contrast', share, factors(normal('contrast'), 0.5), onesLike)))
  const flips = each(some('luma_flip', share, floor(mul(uniform('luma_flip'), 2))))
  const flipped = sub(contrasted, mul(grey(contrasted), mul(flips, 2)))
  if (channels !== 3) return flipped
  const angle = each(some('hue', share, around(uniform('hue'), Math.PI)))
  const axis = mul(grey(flipped), sub(1, cos(angle)))
  const across = reshape(matMul(reshape(flipped, [batch * height * width, 3]), turnedAboutGrey()), images.shape)
  const turned = add(add(mul(flipped, cos(angle)), mul(across, sin(angle))), axis)
  const saturation = each(some('saturation', share, factors(normal('saturation'), 1), onesLike))
  return add(grey(turned), mul(sub(turned, grey(turned)), saturation))
}

/** x ↦ v × x for rows x and the axis of greys v = (1, 1, 1)/√3. */
function turnedAboutGrey(): Tensor {
  const part = 1 / Math.sqrt(3)
  return tensor([0, part, -part, -part, 0, part, part, -part, 0], [3, 3])
}

/** Mirrored, turned by quarters and moved by whole pixels, then scaled, turned, stretched and moved, as one look at the image. */
export function adaptiveGeometry(images: Tensor, share: Share, name: string): Tensor {
  return warp(images, composed(blitting(images, share, name), bending(images, share, name)))
}
