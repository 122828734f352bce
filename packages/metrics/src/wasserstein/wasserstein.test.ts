import { ndarray, RandomStream } from '@gantry/core'
import { describe, expect, it } from 'vitest'
import type { FeatureMatrix, ImageBatch } from '../features.ts'
import golden from '../testing/goldens/perceptual.json' with { type: 'json' }
import { gaussianAt, proceduralImages } from '../testing/procedural.ts'
import { expectWithin } from '../testing/within.ts'
import { laplacianPyramid } from './laplacian-pyramid.ts'
import { patchDescriptors } from './patch-descriptors.ts'
import { pyramidWasserstein } from './pyramid-distance.ts'
import { distanceAlong, slicedWasserstein } from './sliced-wasserstein.ts'

function gaussians(seed: number, rows: number, columns: number, change = (value: number) => value): FeatureMatrix {
  return { rows, columns, data: Float64Array.from({ length: rows * columns }, (_, at) => change(gaussianAt(seed, at))) }
}

describe('sliced Wasserstein distance', () => {
  it.each(golden.sliced)('along one direction agrees with scipy: $left and $right samples', (recorded) => {
    const { width } = recorded
    const [[leftSeed, leftCount], [rightSeed, rightCount]] = [recorded.left, recorded.right] as [number[], number[]]
    const left = gaussians(leftSeed!, leftCount!, width)
    const right = gaussians(rightSeed!, rightCount!, width, (value) => value * 1.5 + 0.25)
    const direction = gaussians(99, 1, width).data as Float64Array
    expectWithin(distanceAlong(left, right, direction), recorded.distance, { rtol: 1e-12, atol: 0 })
    expect(distanceAlong(right, left, direction)).toBeCloseTo(recorded.distance, 12)
  })

  it('of shifted samples is the mean length of the shift’s projections', async () => {
    // The mean of |cos| over directions in the plane is 2/π.
    const left = gaussians(1, 500, 2)
    const right = { ...left, data: left.data.map((value, index) => value + (index % 2 === 0 ? 3 : 4)) }
    const distance = await slicedWasserstein(left, right, { seed: 1, projections: 20_000 })
    expect(distance).toBeGreaterThan((0.98 * 5 * 2) / Math.PI)
    expect(distance).toBeLessThan((1.02 * 5 * 2) / Math.PI)
  })

  it('is 0 for the same samples in another order, and the same for one seed', async () => {
    const left = gaussians(2, 40, 3)
    const rows = Array.from({ length: 40 }, (_, row) => left.data.subarray(3 * row, 3 * row + 3))
    const reversed = { ...left, data: Float64Array.from(rows.toReversed().flatMap((row) => [...row])) }
    expect(await slicedWasserstein(left, reversed, { seed: 1 })).toBe(0)
    const other = gaussians(3, 50, 3)
    const first = await slicedWasserstein(left, other, { seed: 7 })
    expect(await slicedWasserstein(left, other, { seed: 7 })).toBe(first)
    expect(await slicedWasserstein(left, other, { seed: 8 })).not.toBe(first)
  })

  it('refuses what it cannot compare, and stops', async () => {
    const left = gaussians(2, 4, 3)
    await expect(slicedWasserstein(left, gaussians(2, 4, 2), { seed: 1 })).rejects.toMatchObject({
      code: 'FEATURE_WIDTHS_DIFFER',
    })
    await expect(slicedWasserstein(left, left, { seed: 1, projections: 0 })).rejects.toMatchObject({
      code: 'PROJECTIONS_INVALID',
    })
    const controller = new AbortController()
    const progress = (done: number) => done === 3 && controller.abort()
    await expect(slicedWasserstein(left, left, { seed: 1, progress, signal: controller.signal })).rejects.toMatchObject(
      {
        name: 'AbortError',
      },
    )
  })
})

it.each(golden.pyramid)('the Laplacian pyramid of $side×$side×$channels agrees with scipy', (recorded) => {
  const { seed, side, channels } = recorded
  const images = proceduralImages({ seed, N: 1, H: side, W: side, C: channels, smooth: true })
  const levels = laplacianPyramid(images, recorded.levels.length)
  for (const [index, { size, squares, first, last }] of recorded.levels.entries()) {
    const { height, width, data } = levels[index]!
    expect([height, width]).toEqual([size, size])
    const tolerance = { rtol: 1e-6, atol: 1e-4 }
    expectWithin(data.reduce((sum, value) => sum + value * value, 0) / data.length, squares, tolerance)
    for (const [x, value] of first.entries()) expectWithin(data[x * channels]!, value, tolerance)
    for (const [x, value] of last.entries()) expectWithin(data.at((x - 6) * channels + channels - 1)!, value, tolerance)
  }
})

describe('patches', () => {
  const level = laplacianPyramid(proceduralImages({ seed: 5, N: 3, H: 16, W: 16, C: 3, smooth: true }), 1)[0]!

  it('are standardized by channel', () => {
    const { rows, columns, data } = patchDescriptors(level, new RandomStream(1, 'patches'))
    expect([rows, columns]).toEqual([3 * 128, 7 * 7 * 3])
    for (const channel of [0, 1, 2]) {
      const own = data.filter((_, index) => index % 3 === channel) as Float32Array
      const mean = own.reduce((sum, value) => sum + value, 0) / own.length
      expect(mean).toBeCloseTo(0, 5)
      expect(own.reduce((sum, value) => sum + (value - mean) ** 2, 0) / own.length).toBeCloseTo(1, 5)
    }
  })

  it('of one colour are zeros, and no NaN', () => {
    const grey = { ...level, data: new Float32Array(level.data.length).fill(7) }
    expect(patchDescriptors(grey, new RandomStream(1, 'patches')).data.every((value) => value === 0)).toBe(true)
  })

  it('lie inside of their image', () => {
    // Every pixel tells its image: a patch holds one value.
    const marked = { ...level, data: level.data.map((_, index) => Math.floor(index / (16 * 16 * 3))) }
    const { rows, columns, data } = patchDescriptors(marked, new RandomStream(1, 'patches'))
    for (let row = 0; row < rows; row++) {
      expect(new Set(data.subarray(row * columns, (row + 1) * columns)).size).toBe(1)
    }
  })
})

describe('pyramid distance', () => {
  const real = proceduralImages({ seed: 6, N: 6, H: 32, W: 32, C: 1, smooth: true })
  const noise = proceduralImages({ seed: 7, N: 6, H: 32, W: 32, C: 1 })

  it('tells alike images from different ones, at every level', async () => {
    const options = { seed: 1, projections: 64 }
    const same = await pyramidWasserstein(real, real, options)
    const different = await pyramidWasserstein(real, noise, options)
    expect(different.levels.map(({ size }) => size)).toEqual([32, 16])
    expect(different.average).toBeGreaterThan(2 * same.average)
    expect(await pyramidWasserstein(real, noise, options)).toEqual(different)
  })

  it('reports all levels as one piece of work', async () => {
    const seen: string[] = []
    const progress = (done: number, total: number) => seen.push(`${done}/${total}`)
    await pyramidWasserstein(real, noise, { seed: 1, projections: 2, progress })
    expect(seen).toEqual(['1/4', '2/4', '3/4', '4/4'])
  })

  it.each([[[2, 32, 16, 1]], [[2, 8, 8, 1]], [[2, 33, 33, 1]], [[0, 32, 32, 1]]])('refuses %o', async (shape) => {
    const images: ImageBatch = ndarray('uint8', shape)
    await expect(pyramidWasserstein(images, images, { seed: 1 })).rejects.toMatchObject({ code: 'IMAGES_UNSUITABLE' })
  })
})
