import { type NDArray, ShapeError } from '@gantry/core'
import { type Bitmap, encodePng } from './png.ts'

const SIZE = 480
const DOT_RADIUS = 2.2
type Colour = readonly [number, number, number]
const FRAME: Colour = [210, 210, 210]
const REAL: Colour = [170, 170, 170]
const GENERATED: Colour = [30, 90, 200]

/** Range of both axes: plots of one run can be compared, and a mode that is missed shows. */
export type Axes = readonly [minimum: number, maximum: number]

export interface ScatterPlotOptions {
  readonly axes: Axes
  /** [count, 2], drawn in grey behind the points. */
  readonly background?: NDArray
}

/**
 * Draws 2-D points; those outside the axes are left out.
 *
 * @param points [count, 2]
 * @returns a PNG of 480 × 480 pixels
 * @throws ShapeError `NOT_POINTS`
 */
export async function scatterPlot(points: NDArray, { axes, background }: ScatterPlotOptions): Promise<Uint8Array> {
  const plot: Bitmap = { width: SIZE, height: SIZE, channels: 3, data: new Uint8Array(SIZE * SIZE * 3).fill(255) }
  drawFrame(plot, axes)
  if (background) drawPoints(plot, background, axes, REAL)
  drawPoints(plot, points, axes, GENERATED)
  return encodePng(plot)
}

/** Square axes around all points, symmetric about 0, with a margin of a quarter. */
export function axesAround(points: NDArray): Axes {
  let extent = 0
  for (const value of points.data) extent = Math.max(extent, Math.abs(Number(value)))
  const limit = (extent || 1) * 1.25
  return [-limit, limit]
}

function drawFrame(plot: Bitmap, [minimum, maximum]: Axes): void {
  const zero = Math.round(((0 - minimum) / (maximum - minimum)) * (SIZE - 1))
  for (let index = 0; index < SIZE; index++) {
    for (const line of [0, zero, SIZE - 1]) {
      blend(plot, line, index, FRAME, 1)
      blend(plot, index, SIZE - 1 - line, FRAME, 1)
    }
  }
}

function drawPoints(plot: Bitmap, points: NDArray, [minimum, maximum]: Axes, colour: Colour): void {
  if (points.shape.length !== 2 || points.shape[1] !== 2) {
    throw new ShapeError({
      code: 'NOT_POINTS',
      message: `A scatter plot needs points [count, 2] but this array is [${points.shape.join(', ')}].`,
    })
  }
  const scale = (SIZE - 1) / (maximum - minimum)
  for (let index = 0; index < points.data.length; index += 2) {
    const x = (Number(points.data[index]) - minimum) * scale
    const y = (maximum - Number(points.data[index + 1])) * scale
    drawDot(plot, x, y, colour)
  }
}

/** A filled circle whose edge pixels are covered in part. */
function drawDot(plot: Bitmap, x: number, y: number, colour: Colour): void {
  for (let row = Math.floor(y - DOT_RADIUS); row <= Math.ceil(y + DOT_RADIUS); row++) {
    for (let column = Math.floor(x - DOT_RADIUS); column <= Math.ceil(x + DOT_RADIUS); column++) {
      const coverage = DOT_RADIUS + 0.5 - Math.hypot(column - x, row - y)
      blend(plot, column, row, colour, Math.min(1, Math.max(0, coverage)))
    }
  }
}

function blend(plot: Bitmap, column: number, row: number, colour: Colour, opacity: number): void {
  if (!(column >= 0 && column < plot.width && row >= 0 && row < plot.height)) return
  const offset = (row * plot.width + column) * 3
  for (let channel = 0; channel < 3; channel++) {
    const behind = plot.data[offset + channel]!
    plot.data[offset + channel] = Math.round(behind + (colour[channel]! - behind) * opacity)
  }
}
