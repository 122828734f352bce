import {
  abs,
  add,
  cast,
  floor,
  gather,
  lessEqual,
  mod,
  mul,
  range,
  reshape,
  sub,
  type Tensor,
  type Tensor1D,
  where,
} from '@tensorflow/tfjs-core'
import type { BandedMatrix } from '../operations/banded-product.ts'
import { filtered } from '../operations/filtered.ts'
import { resamplingMatrix } from '../operations/resampling-matrix.ts'
import { upfirdn2d } from '../operations/upfirdn2d.ts'
import type { Affine } from './affine.ts'
import { mirrored } from './mirrored.ts'

/** Daubechies' least asymmetric wavelet of order 6, which the paper filters with: enlarged and reduced by it, an image is what it was. */
const SYM6: readonly number[] = [
  0.015404109327027373, 0.0034907120842174702, -0.11799011114819057, -0.048311742585633, 0.4910559419267466,
  0.787641141030194, 0.3379294217276218, -0.07263752278646252, -0.021060292512300564, 0.04472490177066578,
  0.0017677118642428036, -0.007800708325034148,
].map((tap, _, all) => tap / all.reduce((total, own) => total + own))

/** Pixels around an image that the filter reaches. */
const REACH = SYM6.length / 4
/** Pixels around an image that are mirrored before it is enlarged: half as many as it has; what lies further out is looked up within. */
const marginOf = (length: number) => Math.max(REACH + 1, Math.ceil(length / 2))

/** Twice as many pixels of a row with a mirrored margin: a matrix [2·(length + 2·margin), length]. */
function enlargement(length: number): BandedMatrix {
  const margin = marginOf(length)
  const [around, rows] = [margin + REACH, 2 * (length + 2 * margin)]
  const wide = length + 2 * around
  const plain = resamplingMatrix(wide, SYM6, { up: 2, padding: [SYM6.length / 2, SYM6.length / 2 - 1], gain: 2 })
  const matrix = new Float32Array(rows * length)
  for (let row = 0; row < rows; row++) {
    for (let place = 0; place < wide; place++) {
      matrix[row * length + mirrored(place - around, length)]! += plain[(row + 2 * REACH) * wide + place]!
    }
  }
  return { rows, columns: length, values: matrix }
}

/** Places among the enlarged pixels, from the first of the image; those beyond the margin are mirrored at the border. */
function within(places: Tensor, length: number): Tensor {
  const last = 2 * (length - 1)
  const mirroredPlaces = sub(last, abs(sub(mod(places, 2 * last), last)))
  const isNear = lessEqual(abs(sub(places, last / 2)), last / 2 + 2 * marginOf(length) - 2)
  return where(isNear, places, mirroredPlaces)
}

/**
 * Every image as an affine map shows it (Karras et al. 2020, Training GANs with Limited Data, appendix B): enlarged through an orthogonal
 * filter, looked up between four pixels, and reduced through the same filter; beyond its borders it is mirrored.
 *
 * @param images [batch, height, width, channels]
 * @param inverse from a pixel of what is made to the pixel that it shows, both from the middle of the image
 */
export function warp(images: Tensor, inverse: Affine): Tensor {
  const [batch, height, width, channels] = images.shape as [number, number, number, number]
  const large = filtered(images, enlargement(height), enlargement(width))
  const [, high, wide] = large.shape as [number, number, number]
  const [rows, columns] = [2 * (height + 2 * REACH), 2 * (width + 2 * REACH)]
  // From the middle, in pixels of the original. The filter leaves an enlarged pixel half of its size before where it would be.
  const placed = (length: number) => mul(add(range(0, length), 1 - length / 2), 0.5)
  const [x, y] = [reshape(placed(columns), [1, 1, columns]), reshape(placed(rows), [1, rows, 1])]
  const seen = (ofX: Tensor, ofY: Tensor, offset: Tensor, length: number) =>
    add(within(add(mul(add(add(mul(ofX, x), mul(ofY, y)), offset), 2), length - 1), length), 2 * marginOf(length))
  const across = seen(inverse.xx, inverse.xy, inverse.xt, width)
  const down = seen(inverse.yx, inverse.yy, inverse.yt, height)
  const [left, top] = [floor(across), floor(down)]
  const [right, below] = [sub(across, left), sub(down, top)]
  const first = reshape(range(0, batch * high * wide, high * wide, 'int32'), [batch, 1, 1])
  const pixels = reshape(large, [batch * high * wide, channels])
  const corner = (over: 0 | 1, under: 0 | 1) => {
    const place = add(first, cast(add(mul(add(top, under), wide), add(left, over)), 'int32'))
    const share = mul(over ? right : sub(1, right), under ? below : sub(1, below))
    const found = gather(pixels, reshape(place, [-1]) as Tensor1D)
    return mul(reshape(found, [batch, rows, columns, channels]), reshape(share, [batch, rows, columns, 1]))
  }
  const looked = add(add(corner(0, 0), corner(1, 0)), add(corner(0, 1), corner(1, 1)))
  return upfirdn2d(looked, { down: 2, padding: [-1, -1] }, SYM6.toReversed())
}
