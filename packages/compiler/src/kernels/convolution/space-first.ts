import type { Permutation } from '../../recording/layout.ts'
import { isChannelsLast, type WindowAttributes } from '../window.ts'

/**
 * The order of axes height, width, batch, channels: what a window slides over stands first, so that its places are rows of a
 * matrix, and channels stand last, where products of matrices want them.
 */
export function spaceFirst(attributes: Pick<WindowAttributes, 'dataFormat'>): Permutation {
  return isChannelsLast(attributes) ? [1, 2, 0, 3] : [2, 3, 0, 1]
}
