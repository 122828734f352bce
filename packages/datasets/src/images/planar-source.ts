import { imageField } from '@gantry/core'
import { columnWriter, labelColumn } from '../columns.ts'
import { evenlySpaced } from '../fingerprint.ts'
import { writePixelValues } from '../pixel-values.ts'
import type { SampleSource } from '../sample-source.ts'
import { squareResizer } from './resize.ts'

/** Square images whose bytes lie in memory, one plane a channel. */
export interface PlanarImages {
  readonly size: number
  /** Side of the stored images, in pixels. */
  readonly side: number
  readonly channels: 1 | 3
  /** Names of the classes. */
  readonly labels: readonly string[]
  labelOf(index: number): number
  /** The `side * side` bytes of one channel of an image. */
  plane(index: number, channel: number): Uint8Array
}

/** Fields `image`, [side, side, channels], resized while they are read (memory holds the stored bytes only), and `label`. */
export function planarSource(images: PlanarImages, side: number): SampleSource {
  const { size, channels } = images
  const label = labelColumn(
    images.labels,
    Array.from({ length: size }, (_, index) => images.labelOf(index)),
  )
  const writeLabel = columnWriter({ label })
  const resize = squareResizer(images.side, side)
  const values = new Float32Array(side * side)
  const readPlane = (plane: Uint8Array) => {
    if (side === images.side) return writePixelValues(plane, values)
    resize(plane, values)
    for (let pixel = 0; pixel < values.length; pixel++) values[pixel] = values[pixel]! / 127.5 - 1
  }
  return {
    size,
    fields: { image: imageField([side, side, channels]), label: label.field },
    readAhead: 0,
    labelOf: (index) => images.labelOf(index),
    *identity() {
      for (const index of evenlySpaced(size)) {
        for (let channel = 0; channel < channels; channel++) yield images.plane(index, channel)
      }
    },
    read(index, targets) {
      const image = targets.image as Float32Array
      for (let channel = 0; channel < channels; channel++) {
        readPlane(images.plane(index, channel))
        for (let pixel = 0; pixel < values.length; pixel++) image[pixel * channels + channel] = values[pixel]!
      }
      writeLabel(index, targets)
    },
  }
}
