import type { BilinearAlgorithm } from './bilinear-algorithm.ts'
import { matrix } from './matrix.ts'
import type { PhasedAxis } from './phased-axis.ts'

/** The shortest cycle on which what wraps around falls on outputs that nobody wants, or on pixels that do not exist. */
function cycleLength({ inputs, outputs, firstOffset, reach }: PhasedAxis): number {
  return Math.max(inputs - firstOffset, outputs + firstOffset + reach - 1)
}

interface Frequency {
  readonly vertical: number
  readonly horizontal: number
  /** Its own mirror image: the transform of real numbers is real there. */
  readonly real: boolean
}

/** One of each pair of mirrored frequencies of a height×width cycle. */
function frequencies(height: number, width: number): Frequency[] {
  const found: Frequency[] = []
  for (let vertical = 0; vertical < height; vertical++) {
    for (let horizontal = 0; horizontal < width; horizontal++) {
      const mirror = ((height - vertical) % height) * width + ((width - horizontal) % width)
      const own = vertical * width + horizontal
      if (own <= mirror) found.push({ vertical, horizontal, real: own === mirror })
    }
  }
  return found
}

/**
 * Convolution over both axes by the discrete Fourier transform of real numbers, written as matrices.
 *
 * A product of complex numbers (a + bi)(c + di) takes three real ones (Gauss): c(a + b), a(d - c) and b(c + d); the real part
 * is the first less the third, the imaginary part the first and the second. Unlike interpolation at many real points, this
 * is as exact as float32 is, for any number of taps.
 */
export function fourier(axes: readonly [PhasedAxis, PhasedAxis]): BilinearAlgorithm {
  const [vertical, horizontal] = axes
  const [height, width] = axes.map(cycleLength) as [number, number]
  const points = frequencies(height, width).flatMap((frequency) =>
    (frequency.real ? [0] : [0, 1, 2]).map((part) => ({ ...frequency, part })),
  )
  const angle = (point: Frequency, row: number, column: number) =>
    2 * Math.PI * ((point.vertical * row) / height + (point.horizontal * column) / width)
  return {
    axes,
    points: [points.length],
    tiles: [1],
    image: [
      matrix(points.length, vertical.inputs * horizontal.inputs, (row, pixel) => {
        const point = points[row]!
        const turn = angle(point, Math.floor(pixel / horizontal.inputs), pixel % horizontal.inputs)
        const [real, imaginary] = [Math.cos(turn), -Math.sin(turn)]
        if (point.real || point.part === 1) return real
        return point.part === 0 ? real + imaginary : imaginary
      }),
    ],
    filter: matrix(points.length, vertical.reach * horizontal.reach, (row, tap) => {
      const point = points[row]!
      const up = vertical.firstOffset + Math.floor(tap / horizontal.reach)
      const left = horizontal.firstOffset + (tap % horizontal.reach)
      // A correlation: taps turn the other way round.
      const turn = angle(point, -up, -left)
      const [real, imaginary] = [Math.cos(turn), -Math.sin(turn)]
      if (point.real || point.part === 0) return real
      return point.part === 1 ? imaginary - real : real + imaginary
    }),
    output: [
      matrix(vertical.outputs * horizontal.outputs, points.length, (output, column) => {
        const point = points[column]!
        const turn = angle(point, Math.floor(output / horizontal.outputs), output % horizontal.outputs)
        const weight = (point.real ? 1 : 2) / (height * width)
        const [real, imaginary] = [Math.cos(turn) * weight, -Math.sin(turn) * weight]
        // y = Re·cos - Im·sin with Re = k₀ - k₂ and Im = k₀ + k₁.
        if (point.real) return real
        if (point.part === 0) return real + imaginary
        return point.part === 1 ? imaginary : -real
      }),
    ],
  }
}
