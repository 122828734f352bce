import { add, cos, div, mul, neg, onesLike, sin, type Tensor, zerosLike } from '@tensorflow/tfjs-core'

/** A map of the plane for every image: x' = xx·x + xy·y + xt, y' = yx·x + yy·y + yt. All numbers are [batch, 1, 1]. */
export interface Affine {
  readonly xx: Tensor
  readonly xy: Tensor
  readonly xt: Tensor
  readonly yx: Tensor
  readonly yy: Tensor
  readonly yt: Tensor
}

const sum = (left: Tensor, right: Tensor, ...rest: Tensor[]): Tensor =>
  rest.reduce((total, term) => add(total, term), add(left, right))

/** First `inner`, then `outer`. */
export function composed(outer: Affine, inner: Affine): Affine {
  const row = (x: Tensor, y: Tensor, t: Tensor) => ({
    x: sum(mul(x, inner.xx), mul(y, inner.yx)),
    y: sum(mul(x, inner.xy), mul(y, inner.yy)),
    t: sum(mul(x, inner.xt), mul(y, inner.yt), t),
  })
  const [first, second] = [row(outer.xx, outer.xy, outer.xt), row(outer.yx, outer.yy, outer.yt)]
  return { xx: first.x, xy: first.y, xt: first.t, yx: second.x, yy: second.y, yt: second.t }
}

export function scaling(x: Tensor, y: Tensor): Affine {
  const zero = zerosLike(x)
  return { xx: x, xy: zero, xt: zero, yx: zero, yy: y, yt: zero }
}

export function moving(x: Tensor, y: Tensor): Affine {
  const [one, zero] = [onesLike(x), zerosLike(x)]
  return { xx: one, xy: zero, xt: x, yx: zero, yy: one, yt: y }
}

/** By an angle, from the x axis to the y axis. */
export function turning(angle: Tensor): Affine {
  const zero = zerosLike(angle)
  return { xx: cos(angle), xy: neg(sin(angle)), xt: zero, yx: sin(angle), yy: cos(angle), yt: zero }
}

/** Of each factor's inverse. */
export const shrinking = (x: Tensor, y: Tensor) => scaling(div(1, x), div(1, y))
