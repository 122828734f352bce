import { mirrored } from './mirrored.ts'

type Taps = readonly number[]

/** H(z)·H(z⁻¹)/2 of Daubechies' least asymmetric wavelet of order 2: it passes the lower half of all frequencies. */
const LOW: Taps = [-1, 0, 9, 16, 9, 0, -1].map((tap) => tap / 32)
/** H(-z)·H(-z⁻¹)/2: the upper half, all that the other leaves. */
const HIGH: Taps = LOW.map((tap, index) => (index % 2 === 1 ? tap : -tap))

/** f(zⁿ): zeros between the taps. */
const spread = (taps: Taps, by: number): Taps =>
  taps.flatMap((tap, index) => (index === 0 ? [tap] : [...new Array<number>(by - 1).fill(0), tap]))

function convolved(left: Taps, right: Taps): Taps {
  const product = new Array<number>(left.length + right.length - 1).fill(0)
  for (const [index, own] of left.entries()) {
    for (const [tap, other] of right.entries()) product[index + tap]! += own * other
  }
  return product
}

/**
 * Filters that pass frequencies up to π/8, from there to π/4, to π/2, and to π; together they leave a signal as it was (Karras et al. 2020,
 * Training GANs with Limited Data, appendix B, image-space filtering).
 */
export const FILTER_BANK: readonly Taps[] = [1, 2, 4].reduce<readonly Taps[]>(
  ([lowest, ...others], by) => [convolved(lowest!, spread(LOW, by)), convolved(lowest!, spread(HIGH, by)), ...others],
  [[1]],
)

/** What each filter makes of a row of pixels, mirrored at its ends: matrices [bands, length, length]. */
export function filterBankMatrices(length: number): Float32Array {
  const matrices = new Float32Array(FILTER_BANK.length * length ** 2)
  for (const [band, taps] of FILTER_BANK.entries()) {
    const reach = (taps.length - 1) / 2
    for (let place = 0; place < length; place++) {
      const row = (band * length + place) * length
      for (const [tap, weight] of taps.entries()) matrices[row + mirrored(place + tap - reach, length)]! += weight
    }
  }
  return matrices
}
