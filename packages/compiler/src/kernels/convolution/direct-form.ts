import { type Attribute, attribute } from '@gantry/onnx'
import type { Permutation } from '../../recording/layout.ts'
import type { Recording } from '../../recording/recording.ts'
import { dtypeOf } from '../kernel.ts'
import { isNeverPadded, padAsTensorflow, stepsOver } from '../same-padding.ts'
import { along, forwardPads, imageOrder, pads, readAfter, surplusOf, type Window } from '../window.ts'
import type { ConvolutionForm } from './convolution-form.ts'

/** TF.js kernels are [space…, in, out]; ONNX wants [out, in, space…]. */
function kernelOrder(rank: number): Permutation {
  return [rank - 1, rank - 2, ...Array.from({ length: rank - 2 }, (_, axis) => axis)]
}

function steps(window: Window): Record<string, Attribute> {
  return {
    strides: attribute.ints(along(window, ({ stride }) => stride)),
    dilations: attribute.ints(along(window, ({ dilation }) => dilation)),
  }
}

function before(window: Window): number[] {
  return along(window, (axis) => axis.before)
}

/** y = x ∗ w. */
export function convolve(recording: Recording, x: string, filter: string, window: Window, groups = 1): string {
  const group = attribute.int(groups)
  // A step has one length, for which numbers hold; graphs that travel have any.
  if (recording.convolutions === 'direct' && stepsOver(window) && !isNeverPadded(window))
    return recording.node('Conv', [padAsTensorflow(recording, x, window, 0), filter], { ...steps(window), group })
  return recording.node('Conv', [x, filter], { ...steps(window), ...forwardPads(window, stepsOver(window)), group })
}

/** dx: the transposed convolution of dy, with the pads of the forward one. */
export function convolveTransposed(
  recording: Recording,
  dy: string,
  filter: string,
  window: Window,
  groups = 1,
): string {
  // A window that begins beyond the padding of the turned kernel would need negative padding.
  const turns = window.axes.every(({ stride, before, reach }) => stride === 1 && before < reach)
  if (groups === 1 && turns) return convolveFlipped(recording, dy, filter, window)
  // What the forward windows read past the input is cut off; what they never read is padded.
  return recording.node('ConvTranspose', [dy, filter], {
    ...steps(window),
    pads: pads(before(window), along(window, readAfter)),
    output_padding: attribute.ints(along(window, (axis) => Math.max(-surplusOf(axis), 0))),
    group: attribute.int(groups),
  })
}

/** dx at stride 1: a plain convolution of dy with the kernel turned by 180°, which ONNX Runtime does twice as fast. */
function convolveFlipped(recording: Recording, dy: string, filter: string, window: Window): string {
  const space = window.axes.map((_, index) => index + 2)
  const everywhere = (number: number) => recording.integers(space.map(() => number))
  const turned = recording.node('Slice', [
    recording.node('Transpose', [filter], { perm: attribute.ints([1, 0, ...space]) }),
    everywhere(-1),
    everywhere(Number.MIN_SAFE_INTEGER),
    recording.integers(space),
    everywhere(-1),
  ])
  return recording.node('Conv', [dy, turned], {
    ...steps(window),
    pads: pads(
      along(window, (axis) => axis.reach - 1 - axis.before),
      along(window, (axis) => axis.input - axis.output + axis.before),
    ),
  })
}

/**
 * dw: a convolution whose images are the channels of x and whose kernels are the channels of dy, so that batch and
 * channels change places; stride and dilation do too. `x` is [in, batch, space…], `dy` [out, batch, space…], the result
 * [in, out, space…].
 */
export function correlate(recording: Recording, x: string, dy: string, window: Window, groups = 1): string {
  const space = window.axes.map((_, index) => index + 2)
  // Rows and columns that no window reads are cut away first.
  const read = window.axes.every((axis) => surplusOf(axis) >= 0)
    ? x
    : recording.node('Slice', [
        x,
        recording.integers(space.map(() => 0)),
        recording.integers(along(window, (axis) => axis.input + Math.min(surplusOf(axis), 0))),
        recording.integers(space),
      ])
  return recording.node('Conv', [read, dy], {
    strides: attribute.ints(along(window, ({ dilation }) => dilation)),
    dilations: attribute.ints(along(window, ({ stride }) => stride)),
    pads: pads(before(window), along(window, readAfter)),
    group: attribute.int(groups),
  })
}

/** Batch and channels swapped. */
export function channelsLeading(order: Permutation): Permutation {
  const [batch, channels, ...space] = order
  return [channels!, batch!, ...space]
}

/** ONNX's own operators, with channels first: for any number of axes, any length, and every engine. */
export const directForm: ConvolutionForm = {
  forward(recording, { x, filter, window, attributes }) {
    const rank = x.shape.length
    const order = imageOrder(rank, attributes)
    const name = convolve(recording, recording.place(x, order), recording.place(filter, kernelOrder(rank)), window)
    return recording.keep(name, 'float32', window.outShape, order)
  },
  overInput(recording, { dy, filter, window, attributes }) {
    const rank = dy.shape.length
    const order = imageOrder(rank, attributes)
    const [gradient, kernel] = [recording.place(dy, order), recording.place(filter, kernelOrder(rank))]
    return recording.keep(convolveTransposed(recording, gradient, kernel, window), dtypeOf(dy), window.inShape, order)
  },
  overFilter(recording, { x, dy, window, attributes, filterShape }) {
    const rank = x.shape.length
    const order = channelsLeading(imageOrder(rank, attributes))
    const gradient = correlate(recording, recording.place(x, order), recording.place(dy, order), window)
    // To the order in which the kernel lies, where the optimizer needs it.
    const space = window.axes.map((_, index) => index + 2)
    const name = recording.node('Transpose', [gradient], { perm: attribute.ints([1, 0, ...space]) })
    return recording.keep(name, 'float32', filterShape, kernelOrder(rank))
  },
}
