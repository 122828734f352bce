import type { Batch, BatchOptions, Dataset } from '@gantry/core'
import { describe, expect, it } from 'vitest'
import { grid25Mixture, openDataset, ring8Mixture } from '../index.ts'
import { floats, integers } from '../testing/values-of.ts'

async function batchOf(dataset: Dataset, options: BatchOptions): Promise<Batch> {
  const { value } = await dataset.batches(options).next()
  return value
}

async function epoch(dataset: Dataset) {
  const batch = await batchOf(dataset, { batchSize: dataset.size, seed: 1 })
  const coordinates = floats(batch, 'points')
  const points = Array.from({ length: dataset.size }, (_, index) => {
    const [x, y] = coordinates.subarray(2 * index, 2 * index + 2)
    return [x!, y!] as const
  })
  return { points, labels: batch.label && integers(batch) }
}

const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length

describe.each([
  { name: 'ring8', mixture: ring8Mixture, modes: 8 },
  { name: 'grid25', mixture: grid25Mixture, modes: 25 },
])('$name', ({ name, mixture, modes }) => {
  it('draws each mode equally often, around its centre, round and normal', async () => {
    const dataset = await openDataset(name)
    expect(dataset).toMatchObject({ name, size: 100_000, mixture })
    expect(dataset.fields).toMatchObject({
      points: { modality: 'points', dtype: 'float32', shape: [2] },
      label: { modality: 'label', names: Array.from({ length: modes }, (_, mode) => String(mode)) },
    })
    const { points, labels } = await epoch(dataset)
    const { centres, standardDeviation } = mixture
    expect(centres.length).toBe(modes)
    for (const [mode, centre] of centres.entries()) {
      const own = points.filter((_, index) => labels![index] === mode)
      expect(own.length).toBe(100_000 / modes)
      const [x, y] = [0, 1].map((axis) => own.map((point) => (point[axis]! - centre[axis]!) / standardDeviation))
      for (const values of [x!, y!]) {
        expect(Math.abs(mean(values))).toBeLessThan(0.06)
        expect(Math.abs(mean(values.map((value) => value ** 2)) - 1)).toBeLessThan(0.09)
        expect(Math.abs(mean(values.map((value) => value ** 4)) - 3)).toBeLessThan(0.6)
      }
      expect(Math.abs(mean(x!.map((value, index) => value * y![index]!)))).toBeLessThan(0.06)
    }
  })
})

describe('the centres', () => {
  it('lie on a circle of radius 2, eighth turns apart', () => {
    for (const [mode, [x, y]] of ring8Mixture.centres.entries()) {
      expect(Math.hypot(x, y)).toBeCloseTo(2, 12)
      expect((Math.atan2(y, x) / (2 * Math.PI) + 1) % 1).toBeCloseTo(mode / 8, 12)
    }
  })

  it('lie on a grid of spacing 2', () => {
    expect(grid25Mixture.centres.slice(0, 6)).toEqual([
      [-4, -4],
      [-4, -2],
      [-4, 0],
      [-4, 2],
      [-4, 4],
      [-2, -4],
    ])
    expect(grid25Mixture.centres.at(-1)).toEqual([4, 4])
  })
})

describe('swissroll', () => {
  it('lies on the spiral of make_swiss_roll, divided by 7.5', async () => {
    const dataset = await openDataset('swissroll')
    expect(Object.keys(dataset.fields)).toEqual(['points'])
    expect(dataset).not.toHaveProperty('mixture')
    expect(dataset).not.toHaveProperty('labelCounts')
    const { points, labels } = await epoch(dataset)
    expect(labels).toBeUndefined()
    const radii = points.map(([x, y]) => Math.hypot(x, y) * 7.5)
    expect(Math.max(...radii.slice(0, 50_000))).toBeLessThan(4.5 * Math.PI + 1.5)
    // The angle t is uniform in [1.5π, 4.5π] and is the radius; the noise adds 2 * 0.25² to its square.
    const [low, high] = [1.5 * Math.PI, 4.5 * Math.PI]
    const expected = (high ** 3 - low ** 3) / (3 * (high - low)) + 2 * 0.25 ** 2
    expect(mean(radii.map((radius) => radius ** 2)) / expected).toBeCloseTo(1, 2)
    // Without noise, a point's direction is its radius modulo a turn.
    const turns = points.map(([x, y], index) => (radii[index]! - Math.atan2(y, x)) / (2 * Math.PI))
    const distances = turns.map((turn) => Math.abs(turn - Math.round(turn)) * 2 * Math.PI)
    expect(mean(distances)).toBeGreaterThan(0.15)
    expect(mean(distances)).toBeLessThan(0.25)
  })
})

describe('point sets', () => {
  it.each(['ring8', 'grid25', 'swissroll'])(
    'of %s say what axes show all of them, with a quarter to spare',
    async (name) => {
      const dataset = await openDataset(name)
      const { points } = await epoch(dataset)
      const extent = points.flat().reduce((most, value) => Math.max(most, Math.abs(value)), 0)
      expect(dataset.fields.points!.range).toEqual([-1.25 * extent, 1.25 * extent])
    },
  )

  it('are the same at every opening', async () => {
    const first = await epoch(await openDataset('ring8'))
    expect(await epoch(await openDataset('ring8'))).toEqual(first)
  })

  it('give points and labels that belong together, in small batches too', async () => {
    const batch = await batchOf(await openDataset('grid25'), { batchSize: 32, seed: 8, from: 5 })
    const points = floats(batch, 'points')
    for (const [row, label] of integers(batch).entries()) {
      const [x, y] = grid25Mixture.centres[label]!
      expect(Math.abs(points[2 * row]! - x)).toBeLessThan(0.4)
      expect(Math.abs(points[2 * row + 1]! - y)).toBeLessThan(0.4)
    }
  })
})
