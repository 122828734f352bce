import { strongLines } from './hysteresis.ts'
import { thinnedSlopes } from './thin-slopes.ts'

/** Numbers row by row. */
export interface Plane {
  readonly values: Float64Array
  readonly width: number
  readonly height: number
}

/** What counts as an edge. */
export interface EdgeOptions {
  /** Standard deviation of the blur before the slopes are taken, in pixels. */
  readonly sigma: number
  /** Slope from which on a pixel begins a line; a step from 0 to 1 has a slope of 4 before it is blurred. */
  readonly highThreshold: number
  /** Slope from which on a pixel continues one. */
  readonly lowThreshold: number
}

/**
 * Canny's detector (A Computational Approach to Edge Detection, IEEE TPAMI 1986): pixels whose slope is the largest across its own
 * direction, from the high threshold on, with those from the low one on that hang together with them.
 *
 * Details are those of scikit-image's `feature.canny` for images of [0, 1]: the blur weighs only pixels that are there, slopes are Sobel's,
 * unscaled, neighbours across a slope are interpolated, and the outermost pixels are no edges.
 *
 * @returns for each pixel 1 on an edge, else 0
 */
export function canny(plane: Plane, { sigma, highThreshold, lowThreshold }: EdgeOptions): Uint8Array {
  const thinned = thinnedSlopes(blurred(plane, sigma), lowThreshold)
  return strongLines(thinned, highThreshold)
}

/** A Gaussian cut off at four standard deviations; beyond the borders nothing weighs. */
function blurred(plane: Plane, sigma: number): Plane {
  const { values, width, height } = plane
  const across = blurredLines(values, sigma, { length: width, step: 1, lines: height, lineStep: width })
  return {
    ...plane,
    values: blurredLines(across, sigma, { length: height, step: width, lines: width, lineStep: 1 }),
  }
}

interface Lines {
  readonly length: number
  readonly step: number
  readonly lines: number
  readonly lineStep: number
}

function blurredLines(from: Float64Array, sigma: number, { length, step, lines, lineStep }: Lines): Float64Array {
  const reach = Math.floor(4 * sigma + 0.5)
  const weights = Float64Array.from({ length: reach + 1 }, (_, distance) =>
    Math.exp(-(distance ** 2) / (2 * sigma ** 2)),
  )
  const to = new Float64Array(from.length)
  for (let place = 0; place < length; place++) {
    const [first, last] = [Math.max(0, place - reach), Math.min(length - 1, place + reach)]
    let total = 0
    for (let other = first; other <= last; other++) total += weights[Math.abs(other - place)]!
    for (let line = 0; line < lines; line++) {
      let sum = 0
      for (let other = first; other <= last; other++) {
        sum += weights[Math.abs(other - place)]! * from[line * lineStep + other * step]!
      }
      to[line * lineStep + place * step] = sum / total
    }
  }
  return to
}
