import type { Matrix } from './matrix.ts'
import type { PhasedAxis } from './phased-axis.ts'

/**
 * A bilinear algorithm of convolution over images:
 *
 *     y = output · ((image · x) ⊙ (filter · w))
 *
 * where ⊙ multiplies what belongs to the same point: for images with channels, matrices. So a convolution is a few products of
 * matrices, of which the largest has `points` · `tiles` terms instead of outputs · taps (Winograd 1980).
 *
 * ⟨dy, y⟩ is linear in each of x, w and dy, and treats the three alike: both gradients are the same algorithm with its matrices
 * transposed and exchanged. They share the transforms of x, w and dy.
 *
 * The phases of a stride are further channels of x: x is the image [inputs, inputs, batch, phases · channels], and w the kernel
 * [reach, reach, phases · channels, out].
 */
export interface BilinearAlgorithm {
  readonly axes: readonly [PhasedAxis, PhasedAxis]
  /** For each part of the transform: how many products use different transforms of the kernel. */
  readonly points: readonly number[]
  /** For each part: at how many places of the image the same transform of the kernel is used. */
  readonly tiles: readonly number[]
  /** [points · tiles, pixels]: one matrix for both axes together, or one for each. */
  readonly image: readonly Matrix[]
  /** [points, taps of a phase], for both axes together. */
  readonly filter: Matrix
  /** [outputs, points · tiles]: one matrix, or one for each axis. */
  readonly output: readonly Matrix[]
}
