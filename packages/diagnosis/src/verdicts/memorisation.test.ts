import { describe, expect, it } from 'vitest'
import type { Readings } from '../readings/readings.ts'
import { Diagnosis } from './diagnosis.ts'
import { memorisation } from './memorisation.ts'

type Numbers = readonly [realProbability: number, fakeProbability: number, neighbourAccuracy: number, precision: number]

function verdictsOf(looks: readonly Numbers[], options: Readonly<Record<string, unknown>>) {
  const diagnosis = new Diagnosis({ rules: [memorisation], options })
  for (const [index, [realProbability, fakeProbability, neighbourAccuracy, precision]] of looks.entries()) {
    const readings = { realProbability, fakeProbability, neighbourAccuracy, precision, copies: 0 }
    diagnosis.look({ step: 1000 * (index + 1), readings })
  }
  return diagnosis.verdicts
}

it('is told of a discriminator that compares the samples of a batch by its probabilities', () => {
  // StyleGAN2 on 510 drawn faces, γ of R1 0.01, twice the discriminator's width: looks from its 7,700th to its 9,240th step.
  const [verdict] = verdictsOf(
    [
      ...([
        [0.958, 0.075, 0.789, 0.914],
        [0.726, 0.007, 0.801, 0.797],
        [0.9, 0.16, 0.758, 0.945],
      ] as const),
      ...([
        [0.962, 0.056, 0.793, 0.938],
        [0.858, 0.259, 0.785, 0.922],
        [0.981, 0.043, 0.77, 0.922],
      ] as const),
      ...([
        [0.953, 0.298, 0.785, 0.867],
        [0.742, 0.052, 0.77, 0.93],
        [0.973, 0.047, 0.773, 0.891],
      ] as const),
      ...([
        [0.942, 0.004, 0.801, 0.883],
        [0.944, 0.091, 0.766, 0.961],
        [0.956, 0.03, 0.797, 0.938],
      ] as const),
    ],
    { r1: 0.01, augment: [] },
  )
  expect(verdict).toMatchObject({ verdict: 'memorisation', holds: true })
  expect(verdict!.message).toBe(
    'D(x) is 0.94 and D(G(z)) 0.05, of samples of which nearest neighbours get 77% right: it knows the training samples by heart.',
  )
  expect(verdict!.remedies.map(({ set }) => set)).toEqual([{ r1: 1 }, { augment: ['color', 'translation'] }])
})

it('is not told of the same game with γ = 1, nor of one that neighbours tell apart', () => {
  const sound: Numbers[] = [
    ...([
      [0.593, 0.445, 0.91, 0.945],
      [0.721, 0.545, 0.781, 0.953],
      [0.471, 0.308, 0.852, 0.977],
    ] as const),
    ...([
      [0.512, 0.293, 0.789, 0.969],
      [0.483, 0.242, 0.695, 0.984],
      [0.526, 0.299, 0.684, 0.969],
    ] as const),
    ...([
      [0.296, 0.114, 0.754, 0.922],
      [0.645, 0.291, 0.605, 0.977],
      [0.617, 0.292, 0.656, 0.992],
    ] as const),
    ...([
      [0.81, 0.433, 0.68, 0.922],
      [0.61, 0.318, 0.711, 0.945],
      [0.61, 0.318, 0.711, 0.945],
    ] as const),
  ]
  expect(verdictsOf(sound, {})).toEqual([])
  expect(verdictsOf(Array<Numbers>(12).fill([0.98, 0.02, 0.9, 0.8]), {})).toEqual([])
})

describe('with more than the samples to go by', () => {
  const looksLike = (readings: Readings) => {
    const diagnosis = new Diagnosis({ rules: [memorisation], options: {} })
    for (let look = 1; look <= 12; look++) diagnosis.look({ step: 1000 * look, readings: { copies: 0, ...readings } })
    return diagnosis.verdicts.map(({ message }) => message)
  }
  const sure = { separation: 0.999, neighbourAccuracy: 0.6, precision: 0.9 }

  it('is told of a discriminator that is sure of data it has seen often, and not of data it has hardly seen', () => {
    const told =
      'The discriminator tells 99.9% of pairs apart, of which nearest neighbours get 60% right: it knows the training samples by heart.'
    expect(looksLike(sure)).toEqual([told])
    expect(looksLike({ ...sure, epochs: 544 })).toEqual([told])
    expect(looksLike({ ...sure, epochs: 3 })).toEqual([])
  })

  it('is told by held-out samples where there are any, whatever else there is', () => {
    expect(looksLike({ ...sure, epochs: 3, overfitting: 0.84 })).toEqual([
      'The discriminator rates held-out samples 84% of the way from training samples to generated ones: it knows the training samples by heart.',
    ])
    expect(looksLike({ ...sure, epochs: 544, overfitting: 0.1 })).toEqual([])
    expect(looksLike({ separation: 0.6, neighbourAccuracy: 0.6, precision: 0.9, overfitting: 0.84 })).toEqual([])
  })

  it('is told of copies first', () => {
    expect(looksLike({ ...sure, copies: 0.9, overfitting: 0.9 })).toEqual([
      '90% of the samples are copies of training samples.',
    ])
  })
})
