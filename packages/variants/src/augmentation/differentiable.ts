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
  mean,
  mul,
  range,
  reshape,
  sub,
  type Tensor,
  where,
} from '@tensorflow/tfjs-core'
import { adaptiveColors } from './adaptive-colors.ts'
import { adaptiveCutout, adaptiveNoise } from './adaptive-corruptions.ts'
import type { Share } from './adaptive-draws.ts'
import { adaptiveFilter } from './adaptive-filter.ts'
import { adaptiveGeometry } from './adaptive-geometry.ts'
import { axisProducts } from './axis-products.ts'

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
  const [batch, height, width] = images.shape as [number, number, number]
  const down = shifting(shiftOf(`${name}/rows`, batch, Math.round(height / 8)), height)
  const across = shifting(shiftOf(`${name}/columns`, batch, Math.round(width / 8)), width)
  return axisProducts(images, down, across)
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

/** What a policy makes of all images at once, each with its own draws for a share of them. */
type Pipeline = (images: Tensor, share: Share, name: string) => Tensor

/** One change after the other, each for a share of the images. */
function each(...changes: readonly Augmentation[]): Pipeline {
  return (images, share, name) =>
    changes.reduce((own, change, index) => {
      const prefix = `${name}_${index}`
      const changed = change(own, prefix)
      if (share === 1) return changed
      return where(less(perImage(`${prefix}/applies`, own), share), changed, own)
    }, images)
}

interface Policy {
  readonly augment: Pipeline
  /** Where smaller images would stay as they are, or nothing of them would be left: the smallest side, and why. */
  readonly smallest?: readonly [side: number, because: string]
}

const moves = [4, 'moves images by whole pixels, up to an eighth of a side'] as const
const cuts = [2, 'cuts out half of each side'] as const

const policies = {
  // Of Zhao et al. 2020 (Differentiable Augmentation for Data-Efficient GAN Training, section 3.2).
  color: { augment: each(brightness, saturation, contrast) },
  translation: { augment: each(translation), smallest: moves },
  cutout: { augment: each(cutout), smallest: cuts },
  // Of Karras et al. 2020 (Training GANs with Limited Data, appendix B).
  'ada-geometry': { augment: adaptiveGeometry, smallest: moves },
  'ada-color': { augment: adaptiveColors },
  'ada-filter': { augment: adaptiveFilter, smallest: [2, 'amplifies bands of frequencies'] },
  'ada-noise': { augment: adaptiveNoise },
  'ada-cutout': { augment: adaptiveCutout, smallest: cuts },
} as const satisfies Record<string, Policy>

type PolicyName = keyof typeof policies

/**
 * Several one after the other, by the names that the authors' code has for them (`--augpipe`): blit, geometry, colour, filter,
 * noise, cutout.
 */
const together = {
  bg: ['ada-geometry'],
  bgc: ['ada-geometry', 'ada-color'],
  bgcf: ['ada-geometry', 'ada-color', 'ada-filter'],
  bgcfn: ['ada-geometry', 'ada-color', 'ada-filter', 'ada-noise'],
  bgcfnc: ['ada-geometry', 'ada-color', 'ada-filter', 'ada-noise', 'ada-cutout'],
} as const satisfies Record<string, readonly PolicyName[]>

export type AugmentationPolicy = PolicyName | keyof typeof together

/** All that `augment` can name. */
export const augmentationPolicies = [...Object.keys(policies), ...Object.keys(together)] as [
  AugmentationPolicy,
  ...AugmentationPolicy[],
]

/** The single policies that a list of names stands for, in their order. */
export function policiesOf(chosen: readonly AugmentationPolicy[]): readonly (Policy & { readonly name: PolicyName })[] {
  const isGroup = (name: AugmentationPolicy): name is keyof typeof together => name in together
  return chosen
    .flatMap((name) => (isGroup(name) ? together[name] : [name]))
    .map((name) => ({ name, ...(policies[name] satisfies Policy) }))
}

/**
 * Augments images in [-1, 1], each in its own way. Every augmentation is applied to a share of the images.
 *
 * @param share of the images that each augmentation changes, a number or a scalar
 * @param name of the noise: real and generated samples need names of their own
 */
export function augment(images: Tensor, chosen: readonly AugmentationPolicy[], share: Share, name: string): Tensor {
  return policiesOf(chosen).reduce((own, policy) => policy.augment(own, share, `${name}/${policy.name}`), images)
}
