import type { SlidingAxis } from '../../window.ts'

/**
 * One axis of a convolution, split into the phases of its stride: the convolution of stride s over one channel is the sum of
 * s convolutions of stride 1, each over every s-th pixel and with every s-th tap.
 */
export interface PhasedAxis {
  readonly stride: number
  /** Zeros that stand before the first pixel, so that the phases need as few taps as they can. */
  readonly shift: number
  /** Pixels of one phase. */
  readonly inputs: number
  readonly outputs: number
  /** The kernel's length. */
  readonly filter: number
  /** Zeros that stand before the kernel, so that each of its phases has `reach` taps. */
  readonly filterShift: number
  /** Taps of one phase. */
  readonly reach: number
  /** How far from an output's place the pixel of a phase lies that its first tap reads. */
  readonly firstOffset: number
}

function withShift({ input, output, filter, stride, before }: SlidingAxis, shift: number): PhasedAxis {
  const firstOffset = Math.floor((shift - before) / stride)
  const lastOffset = Math.floor((shift - before + filter - 1) / stride)
  return {
    stride,
    shift,
    inputs: Math.ceil((input + shift) / stride),
    outputs: output,
    filter,
    filterShift: shift - before - firstOffset * stride,
    reach: lastOffset - firstOffset + 1,
    firstOffset,
  }
}

/** Splits an axis into the phases of its stride, with the fewest taps a phase and then the fewest zeros before the image. */
export function phasedAxis(axis: SlidingAxis): PhasedAxis {
  const candidates = Array.from({ length: axis.stride }, (_, shift) => withShift(axis, shift))
  return candidates.reduce((best, candidate) => (candidate.reach < best.reach ? candidate : best))
}
