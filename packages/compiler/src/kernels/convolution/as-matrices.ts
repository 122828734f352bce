import type { TensorInfo } from '@tensorflow/tfjs-core'
import type { Permutation } from '../../recording/layout.ts'
import type { Recording } from '../../recording/recording.ts'
import { isChannelsLast, type WindowAttributes } from '../window.ts'

type Format = Pick<WindowAttributes, 'dataFormat'>

/**
 * The order of axes height, width, batch, channels: what a window slides over stands first, so that its places are rows of a
 * matrix, and channels stand last, where products of matrices want them.
 */
export function spaceFirst(format: Format): Permutation {
  return isChannelsLast(format) ? [1, 2, 0, 3] : [2, 3, 0, 1]
}

/** Height, width, channels, batch: for what moves whole rows of a batch. */
export function batchLast(format: Format): Permutation {
  return isChannelsLast(format) ? [1, 2, 3, 0] : [2, 3, 1, 0]
}

/** An image as a matrix of [pixels · batch, channels]. */
export function pixels(recording: Recording, image: TensorInfo, channels: number, format: Format): string {
  return recording.node('Reshape', [recording.place(image, spaceFirst(format)), recording.integers([-1, channels])])
}

/** A kernel as a matrix of [taps · in, out]. */
export function columnsOfOutputs(recording: Recording, filter: TensorInfo): string {
  return recording.node('Reshape', [recording.place(filter), recording.integers([-1, filter.shape[3]!])])
}

/** Of kernels with two axes of space. */
export const OUT_BEFORE_IN: Permutation = [0, 1, 3, 2]

/** A kernel as a matrix of [taps · out, in]. */
export function columnsOfInputs(recording: Recording, filter: TensorInfo): string {
  return recording.node('Reshape', [recording.place(filter, OUT_BEFORE_IN), recording.integers([-1, filter.shape[2]!])])
}
