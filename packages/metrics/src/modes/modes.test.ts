import { ndarray, RandomStream } from '@gantry/core'
import { grid25Mixture, openDataset, ring8Mixture } from '@gantry/datasets'
import { describe, expect, it } from 'vitest'
import golden from '../testing/goldens/perceptual.json' with { type: 'json' }
import { countClassModes, predictedClasses, stackLabels } from './class-modes.ts'
import { divergence } from './divergence.ts'
import { imageChannel } from './image-channel.ts'
import { countMixtureModes } from './mixture-modes.ts'

describe('modes of a mixture', () => {
  it.each([
    ['ring8', ring8Mixture, 8],
    ['grid25', grid25Mixture, 25],
  ] as const)('are all there in %s itself, with 98.9% within three deviations', async (name, mixture, modes) => {
    const dataset = await openDataset(name)
    const { value } = await dataset.batches({ batchSize: 50_000, seed: 1 }).next()
    const found = countMixtureModes({ rows: 50_000, columns: 2, data: value.points.data as Float32Array }, mixture)
    expect(found).toMatchObject({ covered: modes, modes })
    expect(found.highQuality).toBeCloseTo(1 - Math.exp(-4.5), 2)
    expect(found.divergence).toBeLessThan(1e-3)
  })

  it('tell a collapsed generator', () => {
    const points = { rows: 4, columns: 2, data: Float64Array.of(2, 0, 2.01, 0.01, 0, 2, 5, 5) }
    const found = countMixtureModes(points, ring8Mixture)
    expect([...found.counts]).toEqual([2, 0, 1, 0, 0, 0, 0, 0])
    expect(found).toMatchObject({ covered: 2, highQuality: 3 / 4 })
    const [a, b] = [2 / 3, 1 / 3]
    expect(found.divergence).toBeCloseTo(a * Math.log(8 * a) + b * Math.log(8 * b), 12)
  })

  it('count samples on the border, and none beyond it', () => {
    const mixture = { centres: [[0], [10]], standardDeviation: 1 }
    const counts = (value: number) => [
      ...countMixtureModes({ rows: 1, columns: 1, data: Float64Array.of(value) }, mixture).counts,
    ]
    expect(counts(3)).toEqual([1, 0])
    expect(counts(3.0001)).toEqual([0, 0])
    expect(counts(8)).toEqual([0, 1])
  })

  it('refuse points of another dimension', () => {
    const points = { rows: 1, columns: 3, data: new Float64Array(3) }
    expect(() => countMixtureModes(points, ring8Mixture)).toThrow(
      expect.objectContaining({ code: 'POINTS_UNSUITABLE' }),
    )
  })
})

describe('divergence', () => {
  it('is scipy’s entropy', () => {
    expect(divergence([3, 0, 5, 2])).toBeCloseTo(golden.divergence.uniform, 14)
    expect(divergence([3, 0, 5, 2], [4, 1, 2, 9])).toBeCloseTo(golden.divergence.reference, 14)
  })

  it('is infinite where the reference lacks a class, and NaN for nothing', () => {
    expect(divergence([1, 1], [1, 0])).toBe(Number.POSITIVE_INFINITY)
    expect(divergence([0, 0])).toBeNaN()
  })
})

describe('classes', () => {
  it('are those of the greatest logits', () => {
    const logits = { rows: 3, columns: 3, data: Float32Array.of(0, 2, 1, -1, -2, -3, 5, 5, 4) }
    expect([...predictedClasses(logits)]).toEqual([1, 0, 0])
  })

  it('are counted, against equal shares and against a reference', () => {
    const found = countClassModes(Int32Array.of(0, 0, 2, 2), { classes: 4, reference: Int32Array.of(0, 1, 2, 2) })
    expect(found).toMatchObject({ covered: 2, classes: 4 })
    expect(found.divergenceFromUniform).toBeCloseTo(Math.log(2), 12)
    expect(found.divergenceFromReference).toBeCloseTo(0.5 * Math.log(2) + 0.5 * Math.log(1), 12)
    expect(countClassModes(Int32Array.of(0), { classes: 1 })).not.toHaveProperty('divergenceFromReference')
  })

  it('are stacked as the digits of three channels are', () => {
    const digits = (channel: string) => {
      const random = new RandomStream(1, channel)
      return Int32Array.from({ length: 20_000 }, () => random.integer(10))
    }
    expect([...stackLabels([Int32Array.of(2), Int32Array.of(0), Int32Array.of(7)], 10)]).toEqual([207])
    const stacked = stackLabels(['red', 'green', 'blue'].map(digits), 10)
    expect(countClassModes(stacked, { classes: 1000 }).covered).toBe(1000)
    expect(() => stackLabels([Int32Array.of(1), Int32Array.of(1, 2)], 10)).toThrow(
      expect.objectContaining({ code: 'LABELS_MISSIZED' }),
    )
  })

  it('are read from one channel at a time', () => {
    const images = ndarray(
      'uint8',
      [2, 1, 2, 3],
      Uint8Array.from({ length: 12 }, (_, at) => at),
    )
    const green = imageChannel(images, 1)
    expect(green.shape).toEqual([2, 1, 2, 1])
    expect([...green.data]).toEqual([1, 4, 7, 10])
    expect(() => imageChannel(images, 3)).toThrow(expect.objectContaining({ code: 'IMAGES_UNSUITABLE' }))
  })

  it('refuse labels that are none', () => {
    expect(() => countClassModes(Int32Array.of(0, 10), { classes: 10 })).toThrow(
      expect.objectContaining({ code: 'LABELS_OUT_OF_RANGE' }),
    )
  })
})
