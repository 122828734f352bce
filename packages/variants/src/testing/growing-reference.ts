import { average, total } from './formula.ts'

// The networks of Karras et al. 2018 in float64, one image at a time: table 2, and figure 2 where layers fade in.

/** [row][column][channel] */
export type Image = readonly (readonly (readonly number[])[])[]
/** By the names that the weights have in the state, with the shapes of TF.js, flat. */
export type Weights = Readonly<Record<string, readonly number[]>>

const GAIN = Math.SQRT2

const leaky = (value: number) => (value < 0 ? 0.2 * value : value)

export function pixelNorm(values: readonly number[]): number[] {
  const length = Math.sqrt(average(values.map((value) => value ** 2)) + 1e-8)
  return values.map((value) => value / length)
}

/** xW·gain/√inputs, W of [inputs, outputs]. */
export function equalizedDense(x: readonly number[], kernel: readonly number[], gain: number): number[] {
  const outputs = kernel.length / x.length
  const scale = gain / Math.sqrt(x.length)
  return Array.from({ length: outputs }, (_, output) =>
    total(x.map((value, at) => value * kernel[at * outputs + output]! * scale)),
  )
}

const mapped = (image: Image, change: (pixel: readonly number[], row: number, column: number) => number[]): Image =>
  image.map((row, y) => row.map((pixel, x) => change(pixel, y, x)))

/** A convolution of side² kernels, zeros around the image, with its bias: what is seen is scaled by gain/√(side²·inputs). */
export function equalizedConv(image: Image, { kernel, bias }: Weights, side: number, gain: number): Image {
  const inputs = image[0]![0]!.length
  const outputs = bias!.length
  const scale = gain / Math.sqrt(side ** 2 * inputs)
  const offset = (side - 1) / 2
  return mapped(image, (_, y, x) =>
    bias!.map((own, output) => {
      let sum = own
      for (let down = 0; down < side; down++) {
        for (let across = 0; across < side; across++) {
          const seen = image[y + down - offset]?.[x + across - offset]
          seen?.forEach((value, input) => {
            sum += value * kernel![((down * side + across) * inputs + input) * outputs + output]! * scale
          })
        }
      }
      return sum
    }),
  )
}

export const enlarged = (image: Image, factor: number): Image =>
  Array.from({ length: image.length * factor }, (_, y) =>
    Array.from({ length: image.length * factor }, (_, x) => image[Math.floor(y / factor)]![Math.floor(x / factor)]!),
  )

export const reduced = (image: Image, factor: number): Image =>
  Array.from({ length: image.length / factor }, (_, y) =>
    Array.from({ length: image.length / factor }, (_, x) =>
      image[0]![0]!.map((_, channel) => {
        const square = Array.from({ length: factor ** 2 }, (_, at) => at)
        return average(
          square.map((at) => image[y * factor + Math.floor(at / factor)]![x * factor + (at % factor)]![channel]!),
        )
      }),
    ),
  )

export const blended = (before: Image, now: Image, share: number): Image =>
  mapped(before, (pixel, y, x) => pixel.map((value, at) => (1 - share) * value + share * now[y]![x]![at]!))

/** `8x8/conv_1/kernel` of all weights as `kernel`. */
const layer = (weights: Weights, name: string): Weights => ({
  kernel: weights[`${name}/kernel`]!,
  bias: weights[`${name}/bias`]!,
})

/** G(z) of 8×8 pixels, whose layers are in by `share`. */
export function generator8(weights: Weights, latent: readonly number[], share: number): Image {
  const conv = (image: Image, name: string) =>
    mapped(equalizedConv(image, layer(weights, name), 3, GAIN), (pixel) => pixelNorm(pixel.map(leaky)))
  const toImage = (image: Image, name: string) => equalizedConv(image, layer(weights, name), 1, 1)
  const dense = equalizedDense(pixelNorm(latent), weights['4x4/dense/kernel']!, GAIN / 4)
  const bias = weights['4x4/dense_bias/bias']!
  const first: Image = Array.from({ length: 4 }, (_, y) =>
    Array.from({ length: 4 }, (_, x) =>
      pixelNorm(bias.map((own, channel) => leaky(dense[(y * 4 + x) * bias.length + channel]! + own))),
    ),
  )
  const four = conv(first, '4x4/conv')
  const eight = conv(conv(enlarged(four, 2), '8x8/conv_1'), '8x8/conv_2')
  return blended(enlarged(toImage(four, '4x4/to_image'), 2), toImage(eight, '8x8/to_image'), share)
}

/** D(x) of a batch of 8×8 images that is one group. */
export function discriminator8(weights: Weights, images: readonly Image[], share: number): number[] {
  const conv = (image: Image, name: string, side = 3) =>
    mapped(equalizedConv(image, layer(weights, name), side, GAIN), (pixel) => pixel.map(leaky))
  const maps = images.map((image) => {
    const now = reduced(conv(conv(conv(image, '8x8/from_image', 1), '8x8/conv_1'), '8x8/conv_2'), 2)
    return blended(conv(reduced(image, 2), '4x4/from_image', 1), now, share)
  })
  const flat = maps.map((image) => image.flat(2))
  const spread = average(
    flat[0]!.map((_, at) => {
      const own = flat.map((values) => values[at]!)
      return Math.sqrt(average(own.map((value) => (value - average(own)) ** 2)) + 1e-8)
    }),
  )
  return maps.map((image) => {
    const beside = mapped(image, (pixel) => [...pixel, spread])
    const last = conv(beside, '4x4/conv').flat(2)
    const bias = weights['4x4/dense/bias']!
    const hidden = equalizedDense(last, weights['4x4/dense/kernel']!, GAIN).map((value, at) => leaky(value + bias[at]!))
    return equalizedDense(hidden, weights['4x4/logits/kernel']!, 1)[0]! + weights['4x4/logits/bias']![0]!
  })
}
