import {
  add,
  cos,
  floor,
  matMul,
  mean,
  mul,
  onesLike,
  reshape,
  sin,
  sub,
  type Tensor,
  tensor,
} from '@tensorflow/tfjs-core'
import { around, drawing, factors, type Share } from './adaptive-draws.ts'

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
