/** Images of float64 as nested loops see them: zeros outside. */
export interface Images {
  readonly shape: readonly [batch: number, height: number, width: number, channels: number]
  at(image: number, row: number, column: number, channel: number): number
}

export function imagesOf(shape: readonly number[], values: readonly number[]): Images {
  const [batch, height, width, channels] = shape as [number, number, number, number]
  return {
    shape: [batch, height, width, channels],
    at: (image, row, column, channel) =>
      row < 0 || row >= height || column < 0 || column >= width
        ? 0
        : values[((image * height + row) * width + column) * channels + channel]!,
  }
}

/** Numbers of images of this shape, in their order. */
export function mapPixels(
  [count, height, width, channels]: readonly number[],
  value: (image: number, row: number, column: number, channel: number) => number,
): number[] {
  const values: number[] = []
  for (let image = 0; image < count!; image++)
    for (let row = 0; row < height!; row++)
      for (let column = 0; column < width!; column++)
        for (let channel = 0; channel < channels!; channel++) values.push(value(image, row, column, channel))
  return values
}
