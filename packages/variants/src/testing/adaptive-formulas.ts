import { augmentationFormula, BATCH, draws, mirror, type Noise, share } from './augmentation-formula.ts'
import { average, type Formula, range, total } from './formula.ts'
import { type Images, imagesOf, mapPixels } from './nested-images.ts'

type Values = readonly number[]
type Matrix = readonly Values[]

const product = (left: Matrix, right: Matrix) =>
  left.map((row) => right[0]!.map((_, column) => total(row.map((value, index) => value * right[index]![column]!))))
const moved = (x: number, y: number): Matrix => [
  [1, 0, x],
  [0, 1, y],
  [0, 0, 1],
]
const scaled = (x: number, y: number): Matrix => [
  [x, 0, 0],
  [0, y, 0],
  [0, 0, 1],
]
const turned = (angle: number): Matrix => [
  [Math.cos(angle), -Math.sin(angle), 0],
  [Math.sin(angle), Math.cos(angle), 0],
  [0, 0, 1],
]

/** G⁻¹ of algorithm 1 in appendix B: from pixels of what is made to pixels of the image, both from the middle. */
function inverse(noise: Noise, image: number, [, height, width]: Values): Matrix {
  const { drawn, applies } = draws(noise, 'ada-geometry')
  const either = 1 - Math.sqrt(1 - share)
  const rotation = (when: string) => (applies(when, image, either) ? (drawn(when, image) * 2 - 1) * Math.PI : 0)
  const [mirrors, quarters] = ['flip', 'turn'].map((name, index) =>
    applies(name, image) ? Math.floor(drawn(name, image) * (index === 0 ? 2 : 4)) : 0,
  ) as [number, number]
  const shift = (axis: string, length: number) =>
    applies('move', image) ? Math.round(((drawn(`move/${axis}`, image) * 2 - 1) / 8) * length) : 0
  const part = (axis: string, length: number) =>
    applies('shift', image) ? (drawn(`shift/${axis}`, image) / 8) * length : 0
  const factor = (name: string) => (applies(name, image) ? 2 ** (0.2 * drawn(name, image)) : 1)
  const [scale, stretch] = [factor('scale'), factor('stretch')]
  return [
    scaled(1 - 2 * mirrors, 1),
    turned((Math.PI / 2) * quarters),
    moved(-shift('x', width!), -shift('y', height!)),
    scaled(1 / scale, 1 / scale),
    turned(rotation('turn_before')),
    scaled(1 / stretch, stretch),
    turned(rotation('turn_after')),
    moved(-part('x', width!), -part('y', height!)),
  ].reduce(product)
}

// Of pywt.Wavelet('sym6').dec_lo, over √2.
const sym6 = [
  0.015404109327027373, 0.0034907120842174702, -0.11799011114819057, -0.048311742585633, 0.4910559419267466,
  0.787641141030194, 0.3379294217276218, -0.07263752278646252, -0.021060292512300564, 0.04472490177066578,
  0.0017677118642428036, -0.007800708325034148,
].map((tap) => tap / Math.SQRT2)

/** Pixel u of a row twice as long: a convolution of mirrored pixels with a zero behind each. */
const enlarged = (place: number, length: number) =>
  range(12).flatMap((tap) => {
    const own = place + tap - 6
    return own % 2 === 0 ? [[mirror(own / 2, length), 2 * sym6[11 - tap]!] as const] : []
  })

/** The two pixels of a long row that a place lies between; far from the image, those where its mirror image is. */
function between(place: number, length: number) {
  const last = 2 * (length - 1)
  const own = place < -6 || place > last + 6 ? mirror(place, 2 * length - 1) : place
  const below = Math.floor(own)
  return [
    [below, 1 - own + below],
    [below + 1, own - below],
  ] as const
}

function looked(images: Images, image: number, x: number, y: number, channel: number): number {
  const [, height, width] = images.shape
  return total(
    between(y, height).flatMap(([row, down]) =>
      between(x, width).map(
        ([column, across]) =>
          down *
          across *
          total(
            enlarged(row, height).flatMap(([top, weight]) =>
              enlarged(column, width).map(([left, other]) => weight * other * images.at(image, top, left, channel)),
            ),
          ),
      ),
    ),
  )
}

function geometry(shape: Values, values: Values, noise: Noise): number[] {
  const images = imagesOf(shape, values)
  const [, height, width] = images.shape
  const maps = range(shape[0]!).map((image) => inverse(noise, image, shape))
  // Of long rows, pixel r of what is made lies at (r - length - 5)/2 from the middle.
  const seen = (image: number, row: number, column: number, channel: number) => {
    const [x, y] = [(column - width - 5) / 2, (row - height - 5) / 2]
    const [own, other] = maps[image]!.map((line) => line[0]! * x + line[1]! * y + line[2]!)
    return looked(images, image, 2 * own! + width - 1, 2 * other! + height - 1, channel)
  }
  const known = new Map<string, number>()
  const once = (...place: [number, number, number, number]) => {
    const key = place.join()
    if (!known.has(key)) known.set(key, seen(...place))
    return known.get(key)!
  }
  return mapPixels(shape, (image, row, column, channel) =>
    total(
      range(12).flatMap((down) =>
        range(12).map(
          (across) => sym6[down]! * sym6[across]! * once(image, 2 * row + down + 1, 2 * column + across + 1, channel),
        ),
      ),
    ),
  )
}

/** Rows of C of algorithm 1: brightness, contrast, luma flip, hue and saturation of colours in homogeneous coordinates. */
function colours(noise: Noise, image: number, channels: number): Matrix {
  const { drawn, applies } = draws(noise, 'ada-color')
  const own = (name: string, value: () => number, otherwise: number) => (applies(name, image) ? value() : otherwise)
  const bright = own('brightness', () => 0.2 * drawn('brightness', image), 0)
  const contrast = own('contrast', () => 2 ** (0.5 * drawn('contrast', image)), 1)
  const flip = own('luma_flip', () => Math.floor(2 * drawn('luma_flip', image)), 0)
  const identity = range(4).map((row) => range(4).map((column) => (row === column ? 1 : 0)))
  const v = [1, 1, 1, 0].map((value) => value / Math.sqrt(3))
  const along = (share: number, rest: number) =>
    identity.map((row, at) =>
      row.map((value, to) =>
        at === 3 || to === 3 ? value : share * v[at]! * v[to]! + rest * (value - v[at]! * v[to]!),
      ),
    )
  const first = [
    identity.map((row, at) => (at < 3 ? [...row.slice(0, 3), bright] : row)),
    identity.map((row, at) => row.map((value) => (at < 3 ? value * contrast : value))),
    along(1 - 2 * flip, 1),
  ]
  if (channels === 1) return first.reduce((matrix, step) => product(step, matrix))
  const angle = own('hue', () => (2 * drawn('hue', image) - 1) * Math.PI, 0)
  const [c, s] = [Math.cos(angle), Math.sin(angle) / Math.sqrt(3)]
  const d = (1 - c) / 3
  const hue = [
    [d + c, d - s, d + s, 0],
    [d + s, d + c, d - s, 0],
    [d - s, d + s, d + c, 0],
    [0, 0, 0, 1],
  ]
  const saturation = own('saturation', () => 2 ** drawn('saturation', image), 1)
  return [...first, hue, along(1, saturation)].reduce((matrix, step) => product(step, matrix))
}

function recoloured(shape: Values, values: Values, noise: Noise): number[] {
  const images = imagesOf(shape, values)
  const matrices = range(shape[0]!).map((image) => colours(noise, image, shape[3]!))
  return mapPixels(shape, (image, row, column, channel) => {
    const [c, matrix] = [
      range(3).map((own) => images.at(image, row, column, shape[3] === 1 ? 0 : own)),
      matrices[image]!,
    ]
    const lines = matrix.slice(0, 3).map((line) => total([...c.map((value, index) => value * line[index]!), line[3]!]))
    return shape[3] === 1 ? average(lines) : lines[channel]!
  })
}

const turns = ['flip', 'turn', 'scale', 'stretch', 'turn_before', 'turn_after']
const tones = ['brightness', 'contrast', 'luma_flip']
const hues = [...tones, 'hue', 'saturation']

/** What adaptive augmentation shows the discriminator: where pixels go, and what colours become. */
export const adaptiveFormulas: readonly Formula[] = [
  augmentationFormula(
    'ada-geometry',
    [BATCH, 3, 4, 1],
    {
      names: [...turns, 'move/x', 'move/y', 'shift/x', 'shift/y'],
      decided: [...turns, 'move', 'shift'],
    },
    geometry,
  ),
  augmentationFormula('ada-color', [BATCH, 2, 1, 3], { names: hues, decided: hues }, recoloured),
  augmentationFormula('ada-color', [BATCH, 2, 2, 1], { names: tones, decided: tones }, recoloured),
]
