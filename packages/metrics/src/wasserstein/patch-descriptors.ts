import type { RandomStream } from '@gantry/core'
import type { FeatureMatrix } from '../features.ts'
import type { PyramidLevel } from './laplacian-pyramid.ts'

/** Side of a patch, and how many are cut out of each image (Karras et al. 2018, section 5). */
const PATCH = 7
const PATCHES_PER_IMAGE = 128

/** Random patches, one row each: every channel of all of them brought to mean 0 and deviation 1. */
export function patchDescriptors(level: PyramidLevel, random: RandomStream): FeatureMatrix {
  const { count, height, width, channels, data } = level
  const rows = count * PATCHES_PER_IMAGE
  const columns = PATCH * PATCH * channels
  const patches = new Float32Array(rows * columns)
  let index = 0
  for (let row = 0; row < rows; row++) {
    const image = Math.floor(row / PATCHES_PER_IMAGE)
    const left = random.integer(width - PATCH + 1)
    const top = random.integer(height - PATCH + 1)
    for (let y = 0; y < PATCH; y++) {
      const start = ((image * height + top + y) * width + left) * channels
      for (let offset = 0; offset < PATCH * channels; offset++) patches[index++] = data[start + offset]!
    }
  }
  standardize(patches, channels)
  return { rows, columns, data: patches }
}

/** In place. A channel that is the same everywhere becomes 0: the reference divides by zero. */
function standardize(values: Float32Array, channels: number): void {
  const count = values.length / channels
  for (let channel = 0; channel < channels; channel++) {
    let sum = 0
    for (let index = channel; index < values.length; index += channels) sum += values[index]!
    const mean = sum / count
    let squares = 0
    for (let index = channel; index < values.length; index += channels) squares += (values[index]! - mean) ** 2
    const deviation = Math.sqrt(squares / count) || 1
    for (let index = channel; index < values.length; index += channels) {
      values[index] = (values[index]! - mean) / deviation
    }
  }
}
