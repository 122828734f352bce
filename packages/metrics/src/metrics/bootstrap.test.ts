import { describe, expect, test } from 'vitest'
import { proceduralFeatures } from '../testing/procedural.ts'
import { bootstrapInterval } from './bootstrap.ts'
import { frechetDistanceOfFeatures } from './frechet-distance.ts'
import { frechetDistanceInfinity } from './frechet-infinity.ts'

describe('bootstrapInterval', () => {
  const { data } = proceduralFeatures({ kind: 'feat', seed: 4, N: 400, D: 1 })
  const meanOf = (indices: ArrayLike<number>) =>
    Array.from(indices, (index) => data[index]!).reduce((a, b) => a + b) / 400

  test('of a mean is that of theory: 1.96 standard errors to both sides', async () => {
    const mean = meanOf(data.map((_, index) => index))
    const deviation = Math.sqrt(data.reduce((sum, value) => sum + (value - mean) ** 2, 0) / 399)
    const [low, high] = await bootstrapInterval(400, meanOf, { resamples: 4000 })
    const error = (1.96 * deviation) / 20
    expect(Math.abs(low - (mean - error)) / error).toBeLessThan(0.1)
    expect(Math.abs(high - (mean + error)) / error).toBeLessThan(0.1)
    const [narrowLow, narrowHigh] = await bootstrapInterval(400, meanOf, { level: 0.5 })
    expect(narrowHigh - narrowLow).toBeLessThan((high - low) / 2)
  })

  test('repeats itself for one seed, and refuses nonsense', async () => {
    const again = () => bootstrapInterval(400, meanOf, { resamples: 50, seed: 3 })
    expect(await again()).toEqual(await again())
    await expect(bootstrapInterval(0, meanOf)).rejects.toThrow(expect.objectContaining({ code: 'BOOTSTRAP_INVALID' }))
  })
})

describe('frechetDistanceInfinity', () => {
  const set = (seed: number, N: number, shift = 0) =>
    proceduralFeatures({ kind: 'feat', seed, N, D: 16, shift, period: 5 })

  test('takes most of the bias away', async () => {
    // Two large sets of one distribution are at 0; 600 samples look farther away.
    const [real, generated] = [set(1, 20_000), set(2, 600)]
    const { value: biased } = await frechetDistanceOfFeatures(real, generated)
    const { value, slope, distances } = await frechetDistanceInfinity(real, generated)
    expect(biased).toBeGreaterThan(0.01)
    expect(Math.abs(value)).toBeLessThan(biased / 3)
    expect(slope).toBeGreaterThan(0)
    expect(distances).toHaveLength(15)
    expect(distances.at(0)!.count).toBe(60)
    expect(distances.at(-1)!.value).toBeCloseTo(biased, 9)
  })

  test('warns of sizes where the line bends, and refuses ones that make no line', async () => {
    const [real, generated] = [set(1, 100), set(2, 100, 1)]
    expect((await frechetDistanceInfinity(real, generated, { points: 3 })).warnings).toEqual([
      expect.stringMatching(/^The smallest sets of 10 samples are not more than 16 features/),
    ])
    await expect(frechetDistanceInfinity(real, generated, { smallest: 100 })).rejects.toThrow(
      'A line through 15 sizes from 100 to 100 samples cannot be drawn.',
    )
  })
})
