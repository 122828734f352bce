import { add, mul, square, sub, sum } from '@tensorflow/tfjs-core'
import { adaptiveShare } from '../augmentation/adaptive.ts'
import { type AugmentationPolicy, augment } from '../augmentation/differentiable.ts'
import { discriminatorView } from '../game/discriminator-view.ts'
import { gameOptions } from '../game/game-options.ts'
import {
  average,
  differentiate,
  differentiated,
  type Formula,
  type Numbers,
  normal,
  total,
  uniform,
  variableOf,
} from './formula.ts'
import { type Images, imagesOf, mapPixels } from './nested-images.ts'

/** σ·max(0, 1 - t/T)·n on top of the samples, for updates t that go on from run to run. */
function instanceNoise(decaySteps: number | undefined): Formula {
  const samples = normal('samples', 3, 2)
  const noise = normal('instance noise', 3, 2).values
  const options = gameOptions.parse({ instanceNoise: 0.5, instanceNoiseDecaySteps: decaySteps })
  const updates = variableOf({ shape: [], values: [0] })
  const { view } = discriminatorView(options, updates)
  return {
    name: decaySteps === undefined ? 'instance noise' : `instance noise that falls over ${decaySteps} updates`,
    feeds: { samples },
    noise: { 'instance_noise/fake': noise },
    state: { updates },
    runs: decaySteps === undefined ? 2 : decaySteps + 2,
    program: (feeds) => {
      const seen = view(feeds.samples!, 'fake')
      updates.assign(add(updates, 1) as never)
      return { seen }
    },
    expected: (run) => {
      const left = decaySteps === undefined ? 1 : Math.max(0, 1 - run / decaySteps)
      return { seen: samples.values.map((value, index) => value + 0.5 * left * noise[index]!) }
    },
  }
}

type Noise = Readonly<Record<string, readonly number[]>>

type Change = (images: Images, draw: (name: string) => readonly number[]) => number[]

const brightness: Change = (images, draw) =>
  mapPixels(images.shape, (image, ...place) => images.at(image, ...place) + draw('')[image]! - 0.5)

const saturation: Change = (images, draw) => {
  const channels = images.shape[3]!
  return mapPixels(images.shape, (image, row, column, channel) => {
    const grey = average(Array.from({ length: channels }, (_, own) => images.at(image, row, column, own)))
    return grey + (images.at(image, row, column, channel) - grey) * draw('')[image]! * 2
  })
}

const contrast: Change = (images, draw) => {
  const [, height, width, channels] = images.shape
  return mapPixels(images.shape, (image, ...place) => {
    const center = average(mapPixels([1, height, width, channels], (_, ...own) => images.at(image, ...own)))
    return center + (images.at(image, ...place) - center) * (draw('')[image]! + 0.5)
  })
}

/** A whole number from -length/8 to length/8, every one equally often. */
const shiftOf = (draw: number, length: number) => {
  const most = Math.floor(length / 8 + 0.5)
  return Math.floor(draw * (2 * most + 1)) - most
}

const translation: Change = (images, draw) => {
  const [, height, width] = images.shape
  return mapPixels(images.shape, (image, row, column, channel) =>
    images.at(
      image,
      row + shiftOf(draw('/rows')[image]!, height),
      column + shiftOf(draw('/columns')[image]!, width),
      channel,
    ),
  )
}

/** As in the authors' `rand_cutout`: sides of length/2, which start anywhere from half of that before the image. */
const cutout: Change = (images, draw) => {
  const [, height, width] = images.shape
  const isCut = (place: number, own: number, length: number) => {
    const side = Math.floor(length / 2 + 0.5)
    const start = Math.floor(own * (length + 1 - (side % 2))) - Math.floor(side / 2)
    return place >= start && place < start + side
  }
  return mapPixels(images.shape, (image, row, column, channel) =>
    isCut(row, draw('/rows')[image]!, height) && isCut(column, draw('/columns')[image]!, width)
      ? 0
      : images.at(image, row, column, channel),
  )
}

type Policy = Extract<AugmentationPolicy, 'color' | 'translation' | 'cutout'>

const changes: Readonly<Record<Policy, readonly Change[]>> = {
  color: [brightness, saturation, contrast],
  translation: [translation],
  cutout: [cutout],
}

function augmented(
  shape: readonly number[],
  values: readonly number[],
  policies: readonly Policy[],
  noise: Noise,
  probability: number,
): readonly number[] {
  let own = values
  for (const policy of policies) {
    for (const [index, change] of changes[policy].entries()) {
      const prefix = `here/${policy}_${index}`
      const changed = change(imagesOf(shape, own), (name) => noise[prefix + name]!)
      const size = own.length / shape[0]!
      own = own.map((value, place) => {
        const applies = probability === 1 || noise[`${prefix}/applies`]![Math.floor(place / size)]! < probability
        return applies ? changed[place]! : value
      })
    }
  }
  return own
}

const drawnBy: Readonly<Record<Policy, readonly string[]>> = {
  color: ['color_0', 'color_1', 'color_2'],
  translation: ['translation_0/rows', 'translation_0/columns'],
  cutout: ['cutout_0/rows', 'cutout_0/columns'],
}

function augmentation(
  policies: readonly Policy[],
  probability: number,
  shape: readonly number[] = [2, 3, 4, 2],
): Formula {
  const images: Numbers = normal('images', ...shape)
  const wanted: Numbers = normal('wanted', ...shape)
  const places = policies.flatMap((policy) => [
    ...drawnBy[policy],
    ...(probability === 1 ? [] : changes[policy].map((_, index) => `${policy}_${index}/applies`)),
  ])
  const noise: Noise = Object.fromEntries(places.map((place) => [`here/${place}`, uniform(place, shape[0]!)]))
  const state = { images: variableOf(images) }
  const share = probability === 1 ? 1 : variableOf({ shape: [], values: [probability] })
  return {
    name: `${policies.join(', ')} of [${shape}] with probability ${probability}`,
    feeds: { wanted },
    noise,
    state: { ...state, ...(typeof share !== 'number' && { share }) },
    program: (feeds) =>
      differentiate(state, () => sum(square(sub(augment(state.images, policies, share, 'here'), feeds.wanted!)))),
    expected: () => {
      const change = (values: readonly number[]) => augmented(shape, values, policies, noise, probability)
      return differentiated({ images: images.values }, (own) =>
        total(change(own.images!).map((value, index) => (value - wanted.values[index]!) ** 2)),
      )
    },
  }
}

/** The share after each of five batches of three, which moves at the second and the fourth, by six samples of 100. */
function adaptiveByRounds(): Formula {
  const share = adaptiveShare(0.3, 0.2, { every: 2, images: 100 })
  return {
    name: 'adaptive augmentation by rounds of two batches',
    // The mean of signs is 1/3, which is above the target.
    feeds: { logits: { shape: [3, 1], values: [2, -1, 0.5] } },
    state: share.slots,
    runs: 5,
    program: (feeds) => {
      share.update(feeds.logits!)
      return { share: mul(share.value, 1), batches: mul(share.slots.batches!, 1) }
    },
    expected: (run) => ({ share: [0.3 + 0.06 * Math.floor((run + 1) / 2)], batches: [(run + 1) % 2] }),
  }
}

/** The share after each of three batches of four, in samples: it moves by four, up or down, between 0 and 500 thousand. */
function adaptive(name: string, start: number, logits: readonly number[], expected: readonly number[]): Formula {
  const share = adaptiveShare(start, 0.4, { every: 1, images: 500_000 })
  return {
    name: `adaptive augmentation: ${name}`,
    feeds: { logits: { shape: [4, 1], values: logits } },
    state: share.slots,
    runs: 3,
    program: (feeds) => {
      share.update(feeds.logits!)
      return { samples: mul(sub(share.value, start), 500_000) }
    },
    expected: (run) => ({ samples: [expected[run]!] }),
  }
}

/** What the discriminator gets to see. */
export const viewFormulas: readonly Formula[] = [
  instanceNoise(undefined),
  instanceNoise(4),
  augmentation(['color'], 1),
  augmentation(['color'], 0.5, [4, 3, 2, 2]),
  augmentation(['translation'], 1, [4, 8, 12, 1]),
  augmentation(['cutout'], 1, [6, 8, 6, 1]),
  augmentation(['cutout'], 1, [6, 7, 5, 1]),
  augmentation(['color', 'translation', 'cutout'], 0.5, [4, 8, 4, 1]),
  // E sign(D(real)) is ½ with three of four above 0, and the target 0.4.
  adaptive('more while the discriminator is sure', 0, [3, 0.1, -2, 5], [4, 8, 12]),
  adaptive('less while it is not', 1e-4, [3, -0.1, -2, 5], [-4, -8, -12]),
  adaptive('never below 0', 1e-5, [-3, -0.1, -2, 5], [-4, -5, -5]),
  adaptiveByRounds(),
  adaptive('never above 1', 1, [3, 0.1, 2, 5], [0, 0, 0]),
]
