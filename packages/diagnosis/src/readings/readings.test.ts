import { type Learner, ndarray } from '@gantry/core'
import type { Coordinates } from '@gantry/modalities'
import { describe, expect, it } from 'vitest'
import { compareSamples as compare, realSide } from './compare-samples.ts'
import { copiesAmong, originalsOf } from './copies.ts'
import { namesForNorms, normReadings } from './norms.ts'
import { opinionReadings } from './opinion.ts'

const line = (...values: number[]): Coordinates => ({
  rows: values.length,
  columns: 1,
  data: Float64Array.from(values),
})

/** Points evenly around a circle, by a turn. */
function circle(rows: number, turn: number, radius = 1): Coordinates {
  const data = Float64Array.from({ length: 2 * rows }, (_, at) => {
    const angle = (2 * Math.PI * (Math.floor(at / 2) + turn)) / rows
    return radius * (at % 2 === 0 ? Math.cos(angle) : Math.sin(angle))
  })
  return { rows, columns: 2, data }
}

const compareSamples = (generated: Coordinates, real: Coordinates) => compare(generated, realSide(real))

describe('generated samples among real ones', () => {
  it('that lie as these do have the readings of the same distribution', () => {
    const { diversity, spacing, precision, coverage, neighbourAccuracy } = compareSamples(
      circle(64, 0.5),
      circle(64, 0),
    )
    expect(diversity).toBeCloseTo(1, 10)
    expect(spacing).toBeCloseTo(1, 10)
    expect([precision, coverage]).toEqual([1, 1])
    // Every point is nearer to one of the other kind.
    expect(neighbourAccuracy).toBe(0)
  })

  it('that are all the same have no diversity, and cover what is near them alone', () => {
    const { data } = circle(64, 0.1)
    const point = { rows: 64, columns: 2, data: Float64Array.from({ length: 128 }, (_, at) => data[at % 2]!) }
    const found = compareSamples(point, circle(64, 0))
    expect(found).toMatchObject({ diversity: 0, spacing: 0, precision: 1 })
    // The fifth neighbours lie three places away: the point is a tenth of a place beyond the first, and in reach of six.
    expect(found.coverage).toBe(6 / 64)
  })

  it('that lie elsewhere are told apart by their neighbours', () => {
    expect(compareSamples(circle(32, 0, 9), circle(32, 0))).toMatchObject({
      ...{ precision: 0, coverage: 0, neighbourAccuracy: 1 },
      diversity: expect.closeTo(9, 10),
    })
  })

  it('of twelve numbers are those that were worked out by hand', () => {
    // Real: 0 … 5, with balls of radius 5, 4, 3, 3, 4, 5. Generated: 2.4 … 2.6, and 20.
    const found = compareSamples(line(2.4, 2.5, 2.6, 20, 20, 20), line(0, 1, 2, 3, 4, 5))
    expect(found.precision).toBe(0.5)
    expect(found.coverage).toBe(1)
    expect(found.spacing).toBeCloseTo(0.3 / 6, 12)
    // Every generated number has another of its kind nearest; of the real ones 2 and 3 are nearer to a generated one.
    expect(found.neighbourAccuracy).toBe(10 / 12)
  })
})

describe('copies', () => {
  it('are nearer to their original than that is to its fellow', () => {
    const originals = originalsOf(line(0, 3, 9))
    expect([...originals.spacing]).toEqual([3, 3, 6])
    // Distances 0.9, 1.1 of a spacing of 3, and 1.9 of one of 6.
    expect(copiesAmong(line(0.9), originals)).toBe(1)
    expect(copiesAmong(line(1.1), originals)).toBe(0)
    expect(copiesAmong(line(0, 7.1, 1.4, 100), originals)).toBe(0.5)
  })
})

describe('what a discriminator says', () => {
  const logits = (...values: number[]) => ndarray('float32', [values.length], Float32Array.from(values))

  it('is told by means, by shares beside their middle, and by the area under the curve', () => {
    // Means 2 and -1, so that the middle is 0.5; 7 of 9 pairs are in order, and one is a tie.
    expect(opinionReadings({ real: logits(6, 0, 0), fake: logits(-4, 0, 1) })).toEqual({
      ...{ realOutput: 2, fakeOutput: -1, realAccuracy: 1 / 3, fakeAccuracy: 2 / 3 },
      separation: (3 + 1 + 1 + 2 * 0.5) / 9,
    })
  })

  it.each([
    ['rated as those it is trained on', [6, 4], { heldOutOutput: 5, overfitting: 0 }],
    ['rated as generated ones', [-4, 0], { heldOutOutput: -2, overfitting: 1 }],
    ['in between', [4, 2.5], { heldOutOutput: 3.25, overfitting: 0.25 }],
  ])('of held-out samples that are %s', (_, heldOut, expected) => {
    const found = opinionReadings({ real: logits(6, 4), fake: logits(-4, 0), heldOut: logits(...heldOut) })
    expect(found).toMatchObject(expected)
  })

  it('has no share of held-out samples where generated ones are rated as high as real ones', () => {
    const found = opinionReadings({ real: logits(1), fake: logits(1), heldOut: logits(0) })
    expect(found).toMatchObject({ heldOutOutput: 0 })
    expect(found).not.toHaveProperty('overfitting')
  })
})

describe('norms', () => {
  const state = {
    w: ndarray('float32', [2], Float32Array.of(3, 4)),
    b: ndarray('float32', [1], Float32Array.of(12)),
    'w/m': ndarray('float32', [2], Float32Array.of(0.3, 0.4)),
    'b/m': ndarray('float32', [1], Float32Array.of(0)),
    n: ndarray('float32', [], Float32Array.of(2)),
  }
  const learner = (power: 1 | 2, decay: number): Record<string, Learner> => ({
    generator: { weights: ['w', 'b'], gradients: { means: ['w/m', 'b/m'], power, decay, updates: 'n' } },
  })

  it('are of all weights together, and of means that are corrected for their age', () => {
    const found = normReadings(learner(1, 0.5), state)
    expect(found.generatorWeightNorm).toBe(13)
    expect(found.generatorGradientNorm).toBeCloseTo(0.5 / 0.75, 6)
    expect(normReadings(learner(2, 0.9), state).generatorGradientNorm).toBeCloseTo(Math.sqrt(0.7 / 0.19), 6)
    expect(namesForNorms(learner(1, 0.5))).toEqual(['w', 'b', 'w/m', 'b/m', 'n'])
  })

  it('leave out gradients before the first update, and of optimizers that remember none', () => {
    const young = { ...state, n: ndarray('float32', [], Float32Array.of(0)) }
    expect(Object.keys(normReadings(learner(1, 0.5), young))).toEqual(['generatorWeightNorm'])
    expect(Object.keys(normReadings({ critic: { weights: ['w'] } }, state))).toEqual(['criticWeightNorm'])
  })
})
