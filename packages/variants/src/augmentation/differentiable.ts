import { drawUniform } from '@gantry/tfjs'
import {
  abs,
  add,
  cast,
  equal,
  floor,
  less,
  logicalAnd,
  logicalNot,
  matMul,
  mean,
  mul,
  range,
  reshape,
  sub,
  type Tensor,
  transpose,
  where,
} from '@tensorflow/tfjs-core'
import { adaptiveColors, adaptiveGeometry } from './adaptive-policies.ts'

/** One change of a batch of images [batch, height, width, channels], different for every image, that gradients pass. */
type Augmentation = (images: Tensor, name: string) => Tensor

/** One uniform number in [0, 1) an image: [batch, 1, 1, 1]. */
const perImage = (name: string, images: Tensor) => drawUniform(name, [images.shape[0]!, 1, 1, 1])

/** x + u - ½. */
const brightness: Augmentation = (images, name) => add(images, sub(perImage(name, images), 0.5))

/** Colours drawn to or from their grey: grey + 2u·(x - grey). */
const saturation: Augmentation = (images, name) => {
  const grey = mean(images, 3, true)
  return add(grey, mul(sub(images, grey), mul(perImage(name, images), 2)))
}

/** Pixels drawn to or from the image's mean: mean + (u + ½)·(x - mean). */
const contrast: Augmentation = (images, name) => {
  const center = mean(images, [1, 2, 3], true)
  return add(center, mul(sub(images, center), add(perImage(name, images), 0.5)))
}

/**
 * A matrix an image that moves rows by its own whole number: [batch, length, length], 1 where column - row is the shift.
 * Rows that move in from outside are 0.
 */
function shifting(shifts: Tensor, length: number): Tensor {
  const places = range(0, length)
  const distance = sub(reshape(places, [1, 1, length]), reshape(places, [1, length, 1]))
  return cast(equal(distance, shifts), 'float32')
}

/** A whole number from -most to most an image: [batch, 1, 1]. */
const shiftOf = (name: string, batch: number, most: number) =>
  sub(floor(mul(drawUniform(name, [batch, 1, 1]), 2 * most + 1)), most)

/** Moved by up to an eighth of the side, zeros moving in. */
const translation: Augmentation = (images, name) => {
  const [batch, height, width, channels] = images.shape as [number, number, number, number]
  const down = shifting(shiftOf(`${name}/rows`, batch, Math.round(height / 8)), height)
  const across = shifting(shiftOf(`${name}/columns`, batch, Math.round(width / 8)), width)
  const moved = reshape(matMul(down, reshape(images, [batch, height, width * channels])), images.shape)
  const turned = reshape(transpose(moved, [0, 2, 1, 3]), [batch, width, height * channels])
  return transpose(reshape(matMul(across, turned), [batch, width, height, channels]), [0, 2, 1, 3])
}

/** A rectangle of half the height and half the width, with its middle anywhere in the image, set to 0. */
const cutout: Augmentation = (images, name) => {
  const [batch, height, width] = images.shape as [number, number, number, number]
  const near = (axis: string, length: number) => {
    const side = Math.round(length / 2)
    // An even side has its middle between two pixels, and one more place to be at.
    const offset = floor(mul(drawUniform(`${name}/${axis}`, [batch, 1]), length + 1 - (side % 2)))
    const middle = add(offset, (side - 1) / 2 - Math.floor(side / 2))
    return less(abs(sub(reshape(range(0, length), [1, length]), middle)), side / 2)
  }
  const inside = logicalAnd(
    reshape(near('rows', height), [batch, height, 1, 1]),
    reshape(near('columns', width), [batch, 1, width, 1]),
  )
  return mul(images, cast(logicalNot(inside), 'float32'))
}

/** The policies of Zhao et al. 2020 (Differentiable Augmentation for Data-Efficient GAN Training, section 3.2). */
const policies = {
  color: [brightness, saturation, contrast],
  translation: [translation],
  cutout: [cutout],
} as const satisfies Record<string, readonly Augmentation[]>

/** What a policy makes of all images at once, each with its own draws for a share of them. */
type Pipeline = (images: Tensor, probability: number | Tensor, name: string) => Tensor

/** Those of Karras et al. 2020 (Training GANs with Limited Data, appendix B), but for filters and corruptions: each for a share by itself. */
const pipelines = {
  'ada-geometry': adaptiveGeometry,
  'ada-color': adaptiveColors,
} as const satisfies Record<string, Pipeline>

export type AugmentationPolicy = keyof typeof policies | keyof typeof pipelines

/**
 * Augments images in [-1, 1], each in its own way. Every augmentation is applied to a share of the images.
 *
 * @param name of the noise: real and generated samples need names of their own
 * @param probability share of the images that each augmentation changes, a number or a scalar
 */
export function augment(
  images: Tensor,
  chosen: readonly AugmentationPolicy[],
  probability: number | Tensor,
  name: string,
): Tensor {
  return chosen.reduce((own, policy) => {
    if (policy in pipelines) return pipelines[policy as keyof typeof pipelines](own, probability, `${name}/${policy}`)
    return perChange(own, policies[policy as keyof typeof policies], probability, `${name}/${policy}`)
  }, images)
}

/** One change after the other, each for a share of the images. */
function perChange(
  images: Tensor,
  changes: readonly Augmentation[],
  probability: number | Tensor,
  name: string,
): Tensor {
  return changes.reduce((own, change, index) => {
    const prefix = `${name}_${index}`
    const changed = change(own, prefix)
    if (probability === 1) return changed
    const applies = less(perImage(`${prefix}/applies`, own), probability)
    return where(applies, changed, own)
  }, images)
}
