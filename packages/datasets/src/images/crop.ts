import type { RandomStream } from '@gantry/core'
import { pixelValue, writePixelValues } from '../pixel-values.ts'

/** Bytes of an image, row by row, channels together. */
export interface Raster {
  readonly pixels: Uint8Array
  readonly width: number
  readonly height: number
}

/** How a sample is cropped: every image of it alike, so that what lies on what stays there. */
export interface Crop {
  /** From 0, the left end, up to 1, which is the right end; of the room that the crop has. */
  readonly across: number
  readonly down: number
  /** Whether left is right. */
  readonly mirrored: boolean
}

/** What is seen where nothing is drawn at random: the middle. */
export const centreCrop: Crop = { across: 0.5, down: 0.5, mirrored: false }

/** Three numbers for any crop, so that mirroring moves no crop. */
export function drawCrop(random: RandomStream, flip: boolean): Crop {
  const [across, down, side] = [random.uniform(), random.uniform(), random.uniform()]
  return { across, down, mirrored: flip && side < 0.5 }
}

/** Left and top edge of a square in an image that is at least as large: every place is as likely as any other. */
export function cornerOf({ across, down }: Crop, { width, height }: Omit<Raster, 'pixels'>, size: number) {
  const placeOf = (share: number, room: number) => Math.floor(share * (room + 1))
  return { left: placeOf(across, width - size), top: placeOf(down, height - size) }
}

/** Writes a square of an image as values in [-1, 1]. */
export function writeCrop(crop: Crop, { pixels, width, height }: Raster, size: number, target: Float32Array): void {
  const channels = pixels.length / (width * height)
  if (!crop.mirrored && width === size && height === size) {
    writePixelValues(pixels, target)
    return
  }
  const { left, top } = cornerOf(crop, { width, height }, size)
  for (let row = 0; row < size; row++) {
    for (let column = 0; column < size; column++) {
      const from = ((top + row) * width + left + (crop.mirrored ? size - 1 - column : column)) * channels
      const to = (row * size + column) * channels
      for (let channel = 0; channel < channels; channel++) target[to + channel] = pixelValue(pixels[from + channel]!)
    }
  }
}
