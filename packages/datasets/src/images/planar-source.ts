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

/** Samples of [side, side, channels], resized while they are read: memory holds the stored bytes only. */
export function planarSource(images: PlanarImages, side: number): SampleSource {
  const { size, channels, labels } = images
  const resize = squareResizer(images.side, side)
  const values = new Float32Array(side * side)
  const readPlane = (plane: Uint8Array) => {
    if (side === images.side) return writePixelValues(plane, values)
    resize(plane, values)
    for (let pixel = 0; pixel < values.length; pixel++) values[pixel] = values[pixel]! / 127.5 - 1
  }
  return {
    size,
    sampleShape: [side, side, channels],
    labels,
    readAhead: 0,
    labelOf: (index) => images.labelOf(index),
    read(index, target) {
      for (let channel = 0; channel < channels; channel++) {
        readPlane(images.plane(index, channel))
        for (let pixel = 0; pixel < values.length; pixel++) target[pixel * channels + channel] = values[pixel]!
      }
      return images.labelOf(index)
    },
  }
}
