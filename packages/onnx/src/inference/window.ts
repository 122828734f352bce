import type { Dimension } from '@gantry/core'
import {
  addDimensions,
  ceilDivideDimension,
  divideDimension,
  minimumDimension,
  multiplyDimensions,
  subtractDimensions,
} from './dimension.ts'
import { type NodeContext, shapeText } from './node-context.ts'

/** How a kernel slides along one spatial axis. */
export interface Window {
  readonly kernel: Dimension
  readonly stride: number
  readonly dilation: number
  readonly padBegin: number
  readonly padEnd: number
}

/** The windows of a convolution or a pooling, with ONNX's defaults; `pads` lists all begins, then all ends. */
export function readWindows(context: NodeContext, kernel: readonly Dimension[]): readonly Window[] {
  const rank = kernel.length
  const strides = readList(context, 'strides', Array(rank).fill(1))
  const dilations = readList(context, 'dilations', Array(rank).fill(1))
  const pads = readList(context, 'pads', Array(2 * rank).fill(0))
  return kernel.map((length, axis) => ({
    kernel: length,
    stride: strides[axis]!,
    dilation: dilations[axis]!,
    padBegin: pads[axis]!,
    padEnd: pads[axis + rank]!,
  }))
}

function readList(context: NodeContext, name: string, fallback: readonly number[]): readonly number[] {
  const list = context.ints(name, fallback)
  if (list.length !== fallback.length) {
    context.fail(`attribute '${name}' has ${list.length} numbers (${list.join(', ')}) but needs ${fallback.length}`)
  }
  return list
}

/** Elements that a dilated kernel spans. */
export function effectiveKernel({ kernel, dilation }: Window): Dimension {
  return addDimensions(multiplyDimensions(dilation, subtractDimensions(kernel, 1)), 1)
}

/** Number of positions of a window along an axis, after `auto_pad`. */
export function windowPositions(context: NodeContext, length: Dimension, window: Window, ceil = false): Dimension {
  const { kernel, stride, padBegin, padEnd } = window
  const autoPad = context.string('auto_pad', 'NOTSET')
  if (autoPad === 'SAME_UPPER' || autoPad === 'SAME_LOWER') return ceilDivideDimension(length, stride)
  const padded = autoPad === 'VALID' ? length : addDimensions(length, padBegin, padEnd)
  const room = subtractDimensions(padded, effectiveKernel(window))
  if (typeof room === 'number' && room < 0) {
    context.fail(
      `a kernel of ${kernel} (dilation ${window.dilation}) is longer than the padded input, ${padded}: ` +
        `input 0 has shape ${shapeText(context.input(0).shape)}`,
    )
  }
  if (!ceil) return addDimensions(divideDimension(room, stride), 1)
  // A last window that would start in the padding at the end is left out.
  const startsInside = ceilDivideDimension(addDimensions(length, autoPad === 'VALID' ? 0 : padBegin), stride)
  return minimumDimension(addDimensions(ceilDivideDimension(room, stride), 1), startsInside)
}
