import { div, keep, pow, square, sum, type Tensor, valueAndGrad } from '@tensorflow/tfjs-core'
import { type AugmentationPolicy, augment } from '../augmentation/differentiable.ts'
import { differentiate, type Formula, normal, range, total, uniform, variableOf } from './formula.ts'

type Values = readonly number[]
export type Noise = Readonly<Record<string, Values>>

/** Of the images, that a change is made to. */
export const share = 0.6
const prefix = 'here'

/** Images that are augmented at once. */
export const BATCH = 4

/** Draws of a batch: an image's own number, and whether it is one of those that are changed. */
export const draws = (noise: Noise, policy: AugmentationPolicy) => ({
  drawn: (name: string, image: number) => noise[`${prefix}/${policy}/${name}`]![image]!,
  applies: (name: string, image: number, probability = share) =>
    noise[`${prefix}/${policy}/${name}/applies`]![image]! < probability,
})

/** Place of a pixel that lies outside, mirrored at the border. */
export const mirror = (place: number, length: number) => {
  const period = 2 * (length - 1)
  const own = ((place % period) + period) % period
  return own < length ? own : period - own
}

/** Names of draws that are normal, all others being uniform; and of those that are of every pixel, not of an image. */
const isNormal = (name: string) =>
  /^(scale|stretch|shift|brightness|contrast|saturation|band|deviation|pixels)\b|^band_/.test(name)
const isOfPixels = (name: string) => name === 'pixels'

interface Drawn {
  /** Of each image, or its pixels. */
  readonly names: readonly string[]
  /** What each of these decides, some images have and others not. */
  readonly decided: readonly string[]
}

/**
 * A policy with Σ x³/3 of what it makes, as curved as a discriminator: its slopes by the images, and as a gradient penalty takes them, the
 * sum of their squares and the slopes of that.
 *
 * @param reference what the policy makes, affine in every image by itself
 */
export function augmentationFormula(
  policy: AugmentationPolicy,
  shape: Values,
  { names, decided }: Drawn,
  reference: (shape: Values, values: Values, noise: Noise) => number[],
): Formula {
  const images = normal('images', ...shape)
  const drawn = (name: string) => {
    const own = isOfPixels(name) ? shape : [BATCH]
    return isNormal(name) ? normal(name, ...own).values : uniform(name, own[0]!)
  }
  const noise: Noise = Object.fromEntries([
    ...names.map((name) => [`${prefix}/${policy}/${name}`, drawn(name)]),
    ...decided.map((name) => [`${prefix}/${policy}/${name}/applies`, uniform(`${name} applies`, BATCH)]),
  ])
  const state = { images: variableOf(images) }
  const probability = variableOf({ shape: [], values: [share] })
  const curved = valueAndGrad((own: Tensor) => div(sum(pow(augment(own, [policy], probability, prefix), 3)), 3))
  let known: ReturnType<Formula['expected']> | undefined
  return {
    name: `${policy} of [${shape}]`,
    noise,
    state: { ...state, probability },
    program: () => {
      const first: Record<string, Tensor> = {}
      const penalty = differentiate(state, () => {
        const { value, grad } = curved(state.images)
        Object.assign(first, { sum: keep(value), slopes: keep(grad) })
        return sum(square(grad))
      })
      return { ...first, ...penalty }
    },
    expected: () => (known ??= curvedReference((own) => reference(shape, own, noise), images.values)),
  }
}

/** The same of an f that is affine in every image by itself: columns of its matrix are what it makes of single numbers. */
function curvedReference(f: (values: Values) => Values, images: Values) {
  const size = images.length / BATCH
  const zero = f(images.map(() => 0))
  const columns = range(size).map((at) => f(images.map((_, index) => (index % size === at ? 1 : 0))))
  const made = f(images)
  const transposed = (numbers: Values) =>
    images.map((_, index) => {
      const first = Math.floor(index / size) * size
      const column = columns[index % size]!
      return total(range(size).map((own) => numbers[first + own]! * (column[first + own]! - zero[first + own]!)))
    })
  const product = (numbers: Values) =>
    made.map((_, index) => {
      const first = Math.floor(index / size) * size
      return total(range(size).map((own) => (columns[own]![index]! - zero[index]!) * numbers[first + own]!))
    })
  const slopes = transposed(made.map((value) => value ** 2))
  const moved = product(slopes)
  return {
    sum: [total(made.map((value) => value ** 3)) / 3],
    slopes,
    value: [total(slopes.map((slope) => slope ** 2))],
    'slope of images': transposed(made.map((value, index) => 4 * value * moved[index]!)),
  }
}
