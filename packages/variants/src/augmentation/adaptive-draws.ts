import { drawNormal, drawUniform } from '@gantry/tfjs'
import { less, mul, pow, sub, type Tensor, where, zerosLike } from '@tensorflow/tfjs-core'

/** Of the images, that a change is made to. */
export type Share = number | Tensor

/** Draws for a batch, a number an image: [batch, 1, 1]. */
export function drawing(batch: number, name: string) {
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
export const factors = (normal: Tensor, deviation: number) => pow(2, mul(normal, deviation))

/** Uniform in (-most, most). */
export const around = (uniform: Tensor, most: number) => mul(sub(mul(uniform, 2), 1), most)
