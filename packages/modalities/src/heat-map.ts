import { type NDArray, ndarray } from '@gantry/core'

/** Black, violet, red, yellow, white: darker is less, on paper too. */
const COLOURS = [
  [0, 0, 4],
  [87, 16, 110],
  [188, 55, 84],
  [249, 142, 9],
  [252, 255, 164],
] as const

/**
 * Differences of images as colours: black where there is none, yellow where it is largest in all of them.
 *
 * @param differences [count, height, width, channels], at least 0; channels are averaged
 * @returns [count, height, width, 3] in [-1, 1]
 */
export function heatMaps({ shape, data }: NDArray): NDArray<'float32'> {
  const [count = 0, height = 0, width = 0, channels = 1] = shape
  const values = new Float64Array(count * height * width)
  for (let pixel = 0; pixel < values.length; pixel++) {
    for (let channel = 0; channel < channels; channel++)
      values[pixel]! += Number(data[pixel * channels + channel]) / channels
  }
  const largest = values.reduce((most, value) => Math.max(most, value), 0) || 1
  const colours = ndarray('float32', [count, height, width, 3])
  for (const [pixel, value] of values.entries()) {
    const place = (value / largest) * (COLOURS.length - 1)
    const from = Math.min(Math.floor(place), COLOURS.length - 2)
    for (let channel = 0; channel < 3; channel++) {
      const [low, high] = [COLOURS[from]![channel]!, COLOURS[from + 1]![channel]!]
      colours.data[3 * pixel + channel] = (low + (place - from) * (high - low)) / 127.5 - 1
    }
  }
  return colours
}
