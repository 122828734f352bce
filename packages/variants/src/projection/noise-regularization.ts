import {
  add,
  avgPool,
  concat,
  mean,
  mul,
  reshape,
  rsqrt,
  type Scalar,
  scalar,
  slice,
  square,
  sub,
  type Tensor,
  type Tensor4D,
} from '@tensorflow/tfjs-core'

/** Maps of this side and less are too small to hide a picture in. */
const SMALLEST = 8

/**
 * How much noise maps [1, height, width, 1] are like what lies beside them (Karras et al. 2020, appendix D): the squares of their
 * autocorrelation at a shift of one pixel, at every size down to 8 pixels. Noise that learns to draw a picture is no noise.
 */
export function noiseRegularization(maps: readonly Tensor[]): Scalar {
  let sum: Tensor = scalar(0)
  for (const map of maps) {
    let level = map as Tensor4D
    for (;;) {
      if (level.shape[1] > SMALLEST / 2) {
        for (const axis of [1, 2]) sum = add(sum, square(mean(mul(level, shifted(level, axis)))))
      }
      if (level.shape[1] <= SMALLEST) break
      // The mean of four independent normal numbers has half their deviation.
      level = mul(avgPool(level, 2, 2, 'valid'), 2) as Tensor4D
    }
  }
  return reshape(sum, []) as Scalar
}

/** Every pixel where its neighbour was, around the edge. */
function shifted(map: Tensor4D, axis: number): Tensor4D {
  const length = map.shape[axis]!
  const [begin, size] = [map.shape.map(() => 0), [...map.shape]]
  const last = slice(map, begin.with(axis, length - 1), size.with(axis, 1))
  const rest = slice(map, begin, size.with(axis, length - 1))
  return concat([last, rest], axis) as Tensor4D
}

/** A map of mean 0 and variance 1 again. */
export function normalized(map: Tensor): Tensor {
  const centred = sub(map, mean(map))
  return mul(centred, rsqrt(add(mean(square(centred)), 1e-12)))
}
