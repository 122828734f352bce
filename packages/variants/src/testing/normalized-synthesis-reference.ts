import { leaky } from './style-rows.ts'

/** Numbers of a weight, rows first. */
type Weights = Readonly<Record<string, ArrayLike<number>>>

/** What maps are kept in; what is computed of them is float64 always. */
type ArrayOfMaps = Float64ArrayConstructor | Float32ArrayConstructor

/** A map of a sample: [side, side, channels]. */
interface Maps {
  readonly side: number
  readonly channels: number
  readonly at: (y: number, x: number, channel: number) => number
}

export interface SynthesisInputs {
  /** [layers, size] of one sample. */
  readonly styles: readonly (readonly number[])[]
  /** A map of each layer: [side · side]. */
  readonly noise: readonly ArrayLike<number>[]
  /** Filters of the map of a side. */
  readonly channels: (side: number) => number
  readonly sides: readonly number[]
  readonly colours: number
}

const EPSILON = 1e-8
/** Karras et al. 2019, section 2: the binomial filter. */
const BLUR = [1, 3, 3, 1].map((tap) => tap / 8)

type Keep = (side: number, channels: number, compute: Maps['at']) => Maps

const keptAs: (array: ArrayOfMaps) => Keep = (array) => (side, channels, compute) => {
  const values = new array(side * side * channels)
  for (let y = 0; y < side; y++) {
    for (let x = 0; x < side; x++) {
      for (let channel = 0; channel < channels; channel++)
        values[(y * side + x) * channels + channel] = compute(y, x, channel)
    }
  }
  const inside = (place: number) => place >= 0 && place < side
  return {
    side,
    channels,
    at: (y, x, channel) => (inside(y) && inside(x) ? values[(y * side + x) * channels + channel]! : 0),
  }
}

/** Σ over a kernel of three pixels a side, with the equalized rate of a gain of √2. */
function convolution(maps: Maps, kernel: ArrayLike<number>, filters: number, from: (y: number, ky: number) => number) {
  const scale = Math.SQRT2 / Math.sqrt(9 * maps.channels)
  return (y: number, x: number, filter: number) => {
    let sum = 0
    for (let ky = 0; ky < 3; ky++) {
      for (let kx = 0; kx < 3; kx++) {
        const [row, column] = [from(y, ky), from(x, kx)]
        if (!Number.isInteger(row) || !Number.isInteger(column)) continue
        for (let channel = 0; channel < maps.channels; channel++) {
          const weight = kernel[((ky * 3 + kx) * maps.channels + channel) * filters + filter]!
          sum += maps.at(row, column, channel) * weight
        }
      }
    }
    return scale * sum
  }
}

/** A transposed convolution of stride two, of which the filter and its border of one pixel leave twice as many pixels. */
function enlarged(kept: Keep, maps: Maps, kernel: ArrayLike<number>, filters: number): Maps {
  const spread = kept(
    2 * maps.side + 1,
    filters,
    convolution(maps, kernel, filters, (y, ky) => (y - ky) / 2),
  )
  return kept(2 * maps.side, filters, (y, x, filter) => {
    let sum = 0
    for (const [dy, row] of BLUR.entries()) {
      for (const [dx, column] of BLUR.entries()) sum += 4 * row * column * spread.at(y + dy - 1, x + dx - 1, filter)
    }
    return sum
  })
}

/** Noise, bias, leaky ReLU and adaptive instance normalization (Karras et al. 2019, equation 1). */
function styled(
  kept: Keep,
  maps: Maps,
  weights: Weights,
  { name, style, noise }: { name: string; style: readonly number[]; noise: ArrayLike<number> },
): Maps {
  const { side, channels } = maps
  const [strength, bias] = [weights[`${name}/noise/strength`]!, weights[`${name}/activation/bias`]!]
  const active = kept(side, channels, (y, x, channel) =>
    leaky(maps.at(y, x, channel) + noise[y * side + x]! * strength[channel]! + bias[channel]!),
  )
  const [kernel, offset] = [weights[`${name}/style/kernel`]!, weights[`${name}/style/bias`]!]
  const styleOf = (unit: number) =>
    style.reduce((sum, value, row) => sum + value * kernel[row * 2 * channels + unit]!, 0) / Math.sqrt(style.length) +
    offset[unit]!
  const normalized = Array.from({ length: channels }, (_, channel) => {
    const values = Array.from({ length: side * side }, (_, at) => active.at(Math.floor(at / side), at % side, channel))
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length
    const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length
    const scale = (1 + styleOf(channel)) / Math.sqrt(variance + EPSILON)
    return values.map((value) => scale * (value - mean) + styleOf(channels + channel))
  })
  return kept(side, channels, (y, x, channel) => normalized[channel]![y * side + x]!)
}

/**
 * The synthesis of the first StyleGAN for one sample, in float64 and in loops.
 *
 * @param maps with `Float32Array` every map is rounded, and nothing else: what single precision costs at the least
 * @returns [side, side, colours]
 */
export function normalizedSynthesisReference(
  weights: Weights,
  inputs: SynthesisInputs,
  maps: ArrayOfMaps = Float64Array,
): number[] {
  return colouredMaps(weights, inputs, lastMaps(weights, inputs, keptAs(maps)))
}

function lastMaps(weights: Weights, { sides, channels, styles, noise }: SynthesisInputs, kept: Keep): Maps {
  let layer = 0
  const next = (maps: Maps, name: string) => {
    const at = layer++
    return styled(kept, maps, weights, { name, style: styles[at]!, noise: noise[at]! })
  }
  const convolved = (maps: Maps, name: string) =>
    kept(
      maps.side,
      channels(maps.side),
      convolution(maps, weights[`${name}/kernel`]!, channels(maps.side), (y, ky) => y + ky - 1),
    )
  const [first, ...larger] = sides as [number, ...number[]]
  const constant = weights[`b${first}/constant`]!
  const width = channels(first)
  let maps = kept(first, width, (y, x, channel) => constant[(y * first + x) * width + channel]!)
  maps = next(maps, `b${first}`)
  maps = next(convolved(maps, `b${first}/conv1`), `b${first}/conv1`)
  for (const side of larger) {
    maps = next(enlarged(kept, maps, weights[`b${side}/conv0/kernel`]!, channels(side)), `b${side}/conv0`)
    maps = next(convolved(maps, `b${side}/conv1`), `b${side}/conv1`)
  }
  return maps
}

function colouredMaps(weights: Weights, { colours }: SynthesisInputs, maps: Maps): number[] {
  const [kernel, bias] = [weights['colours/kernel']!, weights['colours/bias']!]
  const { side, channels: last } = maps
  return Array.from({ length: side * side * colours }, (_, index) => {
    const [pixel, colour] = [Math.floor(index / colours), index % colours]
    let sum = 0
    for (let channel = 0; channel < last; channel++)
      sum += maps.at(Math.floor(pixel / side), pixel % side, channel) * kernel[channel * colours + colour]!
    return sum / Math.sqrt(last) + bias[colour]!
  })
}
