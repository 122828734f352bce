import { augmentationFormula, BATCH, draws, mirror, type Noise } from './augmentation-formula.ts'
import { type Formula, range, total } from './formula.ts'
import { imagesOf, mapPixels } from './nested-images.ts'

type Values = readonly number[]
type Signal = (place: number) => number

// Of pywt.Wavelet('sym2').dec_lo.
const sym2 = [-0.12940952255092145, 0.22414386804185735, 0.836516303737469, 0.48296291314469025]

/** Twice through a filter of half of the frequencies, forwards and backwards, with holes: pixels that are so far apart. */
function halved(signal: Signal, taps: Values, apart: number): Signal {
  const through = (own: Signal, direction: number) =>
    remembered((place) => total(taps.map((tap, index) => tap * own(place + direction * apart * index))) / Math.SQRT2)
  return through(through(signal, 1), -1)
}

function remembered(signal: Signal): Signal {
  const known = new Map<number, number>()
  return (place) => {
    if (!known.has(place)) known.set(place, signal(place))
    return known.get(place)!
  }
}

/** A mirrored row, octave by octave: what is above half of the frequencies, and on with the lower half. From the lowest band. */
function bandsOf(row: Values): Signal[] {
  const high = sym2.map((tap, index) => (index % 2 === 0 ? tap : -tap))
  let low: Signal = (place) => row[mirror(place, row.length)]!
  const bands = [1, 2, 4].map((apart) => {
    const upper = halved(low, high, apart)
    low = halved(low, sym2, apart)
    return upper
  })
  return [...bands, low].toReversed()
}

const powers = [10 / 13, 1 / 13, 1 / 13, 1 / 13]

/** g of an image: band after band amplified, each time brought to the same expected power. */
function gains(noise: Noise, image: number): Values {
  const { drawn, applies } = draws(noise, 'ada-filter')
  return range(4).reduce<Values>(
    (own, band) => {
      const amplified = applies(`band_${band}`, image) ? 2 ** drawn(`band_${band}`, image) : 1
      const factors = range(4).map((other) => (other === band ? amplified : 1))
      const power = total(factors.map((factor, other) => powers[other]! * factor ** 2))
      return own.map((gain, other) => (gain * factors[other]!) / Math.sqrt(power))
    },
    [1, 1, 1, 1],
  )
}

const filteredRow = (row: Values, gain: Values) => {
  const bands = bandsOf(row)
  return row.map((_, place) => total(bands.map((band, index) => gain[index]! * band(place))))
}

function filtered(shape: Values, values: Values, noise: Noise): number[] {
  const [, height, width, channels] = shape as [number, number, number, number]
  const given = imagesOf(shape, values)
  const along = (length: number, image: number, at: (place: number) => number) =>
    filteredRow(range(length).map(at), gains(noise, image))
  const across = range(shape[0]!).map((image) =>
    range(height).map((row) =>
      range(channels).map((channel) => along(width, image, (column) => given.at(image, row, column, channel))),
    ),
  )
  const down = across.map((rows, image) =>
    range(width).map((column) =>
      range(channels).map((channel) => along(height, image, (row) => rows[row]![channel]![column]!)),
    ),
  )
  return mapPixels(shape, (image, row, column, channel) => down[image]![column]![channel]![row]!)
}

function noisy(shape: Values, values: Values, noise: Noise): number[] {
  const { drawn, applies } = draws(noise, 'ada-noise')
  const size = values.length / shape[0]!
  return values.map((value, index) => {
    const image = Math.floor(index / size)
    const deviation = applies('deviation', image) ? 0.1 * Math.abs(drawn('deviation', image)) : 0
    return value + deviation * drawn('pixels', index)
  })
}

function cut(shape: Values, values: Values, noise: Noise): number[] {
  const { drawn, applies } = draws(noise, 'ada-cutout')
  const [images, [, height, width]] = [imagesOf(shape, values), shape as [number, number, number]]
  const isNear = (place: number, length: number, middle: number) => Math.abs((place + 0.5) / length - middle) < 0.25
  return mapPixels(shape, (image, row, column, channel) => {
    const isCut =
      applies('cutout', image) &&
      isNear(row, height, drawn('rows', image)) &&
      isNear(column, width, drawn('columns', image))
    return isCut ? 0 : images.at(image, row, column, channel)
  })
}

const bands = range(4).map((band) => `band_${band}`)

/** What adaptive augmentation does to bands of frequencies, and to pixels by chance. */
export const corruptionFormulas: readonly Formula[] = [
  augmentationFormula('ada-filter', [BATCH, 3, 5, 1], { names: bands, decided: bands }, filtered),
  augmentationFormula('ada-filter', [BATCH, 2, 2, 3], { names: bands, decided: bands }, filtered),
  augmentationFormula('ada-noise', [BATCH, 2, 3, 2], { names: ['deviation', 'pixels'], decided: ['deviation'] }, noisy),
  augmentationFormula('ada-cutout', [BATCH, 4, 5, 2], { names: ['rows', 'columns'], decided: ['cutout'] }, cut),
]
