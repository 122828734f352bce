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
  /** For tap k: in which phase it is, and how far from the output's place the pixel lies that it is multiplied with. */
  readonly taps: readonly { readonly phase: number; readonly offset: number }[]
  readonly firstOffset: number
  /** Length of the longest phase of the kernel. */
  readonly reach: number
}

function withShift({ input, output, filter, stride, before }: SlidingAxis, shift: number): PhasedAxis {
  const taps = Array.from({ length: filter }, (_, tap) => {
    const place = tap - before + shift
    const offset = Math.floor(place / stride)
    return { phase: place - offset * stride, offset }
  })
  const offsets = taps.map(({ offset }) => offset)
  return {
    stride,
    shift,
    inputs: Math.ceil((input + shift) / stride),
    outputs: output,
    filter,
    taps,
    firstOffset: Math.min(...offsets),
    reach: Math.max(...offsets) - Math.min(...offsets) + 1,
  }
}

/** Splits an axis into the phases of its stride, with the fewest taps a phase and then the fewest zeros before the image. */
export function phasedAxis(axis: SlidingAxis): PhasedAxis {
  const candidates = Array.from({ length: axis.stride }, (_, shift) => withShift(axis, shift))
  return candidates.reduce((best, candidate) => (candidate.reach < best.reach ? candidate : best))
}
