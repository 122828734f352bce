import { drawUniform } from '@gantry/tfjs'
import {
  add,
  cast,
  concat,
  floor,
  gather,
  less,
  logicalAnd,
  logicalNot,
  logicalOr,
  minimum,
  mul,
  reshape,
  type Scalar,
  scalar,
  slice,
  type Tensor,
  tensorScatterUpdate,
  tidy,
  type Variable,
  variable,
  where,
  zeros,
} from '@tensorflow/tfjs-core'

/** A pool of images that a generator made earlier, which a discriminator sees now and then in place of new ones. */
export interface ImagePool {
  /** Part of the state: the images, and how many there are. */
  readonly slots: Readonly<Record<string, Variable>>
  /** New images [batch, ...shape] in, as many new or earlier ones out. */
  exchange(images: Tensor): Tensor
  dispose(): void
}

/**
 * The pool of Shrivastava et al. 2017, as Zhu et al. 2017 have it: while it fills, images pass and are kept; from then on each of them,
 * with a probability of one half, changes places with one of the pool.
 *
 * @param size 0 is none: images pass
 * @param noise name under which chance is drawn
 */
export function imagePool(size: number, shape: readonly number[], noise: string): ImagePool {
  if (size === 0) return { slots: {}, exchange: (images) => images, dispose: () => {} }
  const images = tidy(() => variable(zeros([size, ...shape]), false))
  const count = tidy(() => variable(scalar(0), false))
  const single = shape.map(() => 1)

  /** One image after the other: the second may meet the first. */
  const exchangeOne = (image: Tensor, chance: Tensor): Tensor => {
    const [coin, place] = [slice(chance, [0], [1]), slice(chance, [1], [1])]
    const fills = less(count, size)
    const returns = logicalAnd(logicalNot(fills), less(coin, 0.5))
    const index = where(fills, count, minimum(floor(mul(place, size)), size - 1))
    const there = cast(reshape(index, [1]), 'int32')
    const earlier = gather(images as Tensor, there)
    const taken = where(reshape(returns, [1, ...single]), earlier, image)
    const kept = where(reshape(logicalOr(fills, returns), [1, ...single]), image, earlier)
    images.assign(tensorScatterUpdate(images as Tensor, reshape(there, [1, 1]), kept))
    count.assign(minimum(add(count, 1), size) as Scalar)
    return taken
  }

  return {
    slots: { images, count },
    exchange: (given) => {
      const [batch] = given.shape as [number]
      const chances = drawUniform(noise, [batch, 2])
      const taken = Array.from({ length: batch }, (_, index) =>
        exchangeOne(
          slice(given, [index, ...shape.map(() => 0)], [1, ...shape]),
          reshape(slice(chances, [index, 0], [1, 2]), [2]),
        ),
      )
      return taken.length === 1 ? taken[0]! : concat(taken, 0)
    },
    dispose: () => {
      images.dispose()
      count.dispose()
    },
  }
}
