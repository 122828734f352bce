import { RandomStream } from '@gantry/core'
import { describe, expect, it } from 'vitest'
import type { FeatureMatrix } from '../features.ts'
import golden from '../testing/goldens/perceptual.json' with { type: 'json' }
import { gaussianAt } from '../testing/procedural.ts'
import { expectWithin } from '../testing/within.ts'
import { memorisation } from './memorisation.ts'
import { nearestNeighbours } from './nearest-neighbours.ts'

const { neighbours: recorded } = golden

function gaussians(seed: number, rows: number, columns: number): FeatureMatrix {
  return { rows, columns, data: Float64Array.from({ length: rows * columns }, (_, at) => gaussianAt(seed, at)) }
}

const line = (...values: number[]): FeatureMatrix => ({
  rows: values.length,
  columns: 1,
  data: Float64Array.from(values),
})

describe('nearest neighbours', () => {
  it('are those of scipy’s KD tree', async () => {
    const found = await nearestNeighbours(gaussians(401, 40, 20), gaussians(402, 150, 20), { count: 3 })
    expect([...found.indices]).toEqual(recorded.indices)
    for (const [index, distance] of found.distances.entries()) {
      expectWithin(distance, recorded.distances[index]!, { rtol: 1e-14, atol: 0 })
    }
  })

  it('take the first of equal distances, and leave out the sample itself if asked to', async () => {
    const points = line(0, 2, 4, 4)
    expect([...(await nearestNeighbours(points, points)).indices]).toEqual([0, 1, 2, 2])
    expect([...(await nearestNeighbours(points, points, { excludeSelf: true })).indices]).toEqual([1, 0, 3, 2])
  })

  it('refuse more neighbours than there are, and other widths', async () => {
    const points = line(1, 2)
    await expect(nearestNeighbours(points, points, { count: 3 })).rejects.toMatchObject({ code: 'NEIGHBOUR_COUNT' })
    await expect(nearestNeighbours(points, points, { count: 2, excludeSelf: true })).rejects.toMatchObject({
      code: 'NEIGHBOUR_COUNT',
    })
    await expect(nearestNeighbours(points, gaussians(1, 2, 2))).rejects.toMatchObject({ code: 'FEATURE_WIDTHS_DIFFER' })
  })

  it('report, and stop', async () => {
    const controller = new AbortController()
    const progress = (done: number) => done === 2 && controller.abort(new Error('enough'))
    const running = nearestNeighbours(line(1, 2, 3), line(1), { progress, signal: controller.signal })
    await expect(running).rejects.toThrow('enough')
  })
})

describe('memorisation', () => {
  it('has the ratios that scipy gives', async () => {
    const { ratios, authenticity } = await memorisation(gaussians(401, 40, 20), gaussians(402, 150, 20))
    for (const [row, ratio] of ratios.entries()) expectWithin(ratio, recorded.ratios[row]!, { rtol: 1e-13, atol: 0 })
    expect(authenticity).toBe(recorded.authenticity)
  })

  it('finds copies', async () => {
    const training = line(0, 1, 3, 7)
    const found = await memorisation(line(3, 3.1, 5, -4), training)
    expect([...found.indices]).toEqual([2, 2, 2, 0])
    expect([...found.ratios]).toEqual([0, (3.1 - 3) / 2, 1, 4])
    expect(found).toMatchObject({ exactCopies: 1, authenticity: 1 / 4 })
  })

  it('takes the copy of a twin for a copy, and what is near twins for authentic', async () => {
    const found = await memorisation(line(5, 5.5), line(5, 5, 9))
    expect([...found.ratios]).toEqual([0, Number.POSITIVE_INFINITY])
  })

  it('gives fresh samples of a line one third', async () => {
    const draw = (stream: string) => line(...new RandomStream(1, stream).fillUniform(new Float64Array(3000)))
    const { authenticity } = await memorisation(draw('generated'), draw('training'))
    expect(authenticity).toBeGreaterThan(0.3)
    expect(authenticity).toBeLessThan(0.37)
  })
})
