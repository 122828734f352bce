import { encodeSafetensors, float32, ndarray } from '@gantry/core'
import { describe, expect, test } from 'vitest'
import { encodeNpy } from '../formats/npy.ts'
import { encodeNpz } from '../formats/npz.ts'
import { localProducts } from '../linear-algebra/products.ts'
import { sliceRows } from '../linear-algebra/rows.ts'
import { proceduralFeatures } from '../testing/procedural.ts'
import { GaussianAccumulator, gaussianStatistics } from './gaussian-accumulator.ts'
import type { GaussianStatistics } from './gaussian-statistics.ts'
import { decodeStatistics, encodeStatistics } from './statistics-file.ts'

const features = proceduralFeatures({ kind: 'feat', seed: 1, N: 1100, D: 7, shift: 1 })

/** The definition, two passes over everything. */
function plainStatistics({ rows, columns, data }: typeof features): GaussianStatistics {
  const mean = new Float64Array(columns)
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) mean[column]! += data[row * columns + column]! / rows
  }
  const covariance = new Float64Array(columns * columns)
  for (let row = 0; row < rows; row++) {
    for (let left = 0; left < columns; left++) {
      for (let right = 0; right < columns; right++) {
        const product = (data[row * columns + left]! - mean[left]!) * (data[row * columns + right]! - mean[right]!)
        covariance[left * columns + right]! += product / (rows - 1)
      }
    }
  }
  return { mean, covariance, count: rows }
}

function expectClose(actual: GaussianStatistics, expected: GaussianStatistics) {
  expect(actual.count).toBe(expected.count)
  for (const part of ['mean', 'covariance'] as const) {
    for (const [index, value] of expected[part].entries()) expect(actual[part][index]).toBeCloseTo(value, 13)
  }
}

describe('mean and covariance', () => {
  test('are those of the definition', async () => {
    expectClose(await gaussianStatistics(features), plainStatistics(features))
  })

  test('of shards in any order, of any size, are those of the whole', async () => {
    const whole = await gaussianStatistics(features)
    const shards = [sliceRows(features, 0, 1), sliceRows(features, 1, 300), sliceRows(features, 300, 1100)]
    const sums = await Promise.all(
      shards.map(async (shard) => {
        const accumulator = new GaussianAccumulator(7)
        await accumulator.add(shard)
        return accumulator
      }),
    )
    for (const order of [
      [0, 1, 2],
      [2, 0, 1],
      [1, 2, 0],
    ]) {
      const all = new GaussianAccumulator(7)
      for (const shard of order) {
        const { count, mean, scatter } = sums[shard]!
        all.merge({ count, mean, scatter })
      }
      expectClose(all.finish(), whole)
    }
  })

  test('keep their digits where the mean is a million times the deviation', async () => {
    const moved = { ...features, data: features.data.map((value) => value + 2 ** 20) }
    const { covariance } = plainStatistics(features)
    for (const [index, value] of (await gaussianStatistics(moved)).covariance.entries()) {
      expect(value).toBeCloseTo(covariance[index]!, 9)
    }
  })

  test('need two samples, finite and of one width', async () => {
    const accumulator = new GaussianAccumulator(7)
    expect(() => accumulator.finish()).toThrow('A covariance needs 2 samples or more but there are none.')
    expect(() => new GaussianAccumulator(7, { ...localProducts, dtype: 'float32' })).toThrow('summed in float64 but')
    await accumulator.add(sliceRows(features, 0, 1))
    expect(() => accumulator.finish()).toThrow('there is 1.')
    await expect(accumulator.add({ rows: 1, columns: 2, data: new Float64Array(2) })).rejects.toThrow(
      'These statistics are of 7 features a sample but 2 came.',
    )
    await expect(accumulator.add({ rows: 1, columns: 7, data: new Float64Array(7).fill(Number.NaN) })).rejects.toThrow(
      'feature 0 of sample 0 is NaN',
    )
  })
})

describe('files of statistics', () => {
  test.each(['npz', 'safetensors'] as const)('read back exactly: %s', async (format) => {
    const statistics = await gaussianStatistics(features)
    expect(decodeStatistics(encodeStatistics(statistics, format))).toEqual(statistics)
    const { count: _, ...without } = statistics
    expect(decodeStatistics(encodeStatistics(without, format))).toEqual(without)
  })

  test('of other tools may be float32', () => {
    const arrays = { mu: float32([2], [1, 2]), sigma: float32([2, 2], [1, 0, 0, 1]) }
    const expected = { mean: Float64Array.of(1, 2), covariance: Float64Array.of(1, 0, 0, 1) }
    expect(decodeStatistics(encodeNpz(arrays))).toEqual(expected)
    expect(decodeStatistics(encodeSafetensors({ tensors: arrays, metadata: {} }))).toEqual(expected)
  })

  test.each([
    ['a .npy', encodeNpy(float32([2], [1, 2])), /is a \.npy file, which holds one array.*numpy\.savez/],
    ['a pickle', Uint8Array.of(0x80, 4, 0x95), /is a Python pickle.*Nothing was executed.*numpy\.savez/],
    ['a pickle of protocol 0', new TextEncoder().encode('(dp0\n.'), /is a Python pickle/],
  ])('%s is refused with the way to what is read', (_, file, message) => {
    expect(() => decodeStatistics(file, 'real.pkl')).toThrow(message)
  })

  test('are refused by name where something is missing or does not fit', () => {
    const mu = float32([2], [1, 2])
    expect(() => decodeStatistics(encodeNpz({ mu }), 'a.npz')).toThrow(
      "a.npz: 'sigma' should be floats of rank 2 but is missing.",
    )
    const sigma = ndarray('int32', [2, 2])
    expect(() => decodeStatistics(encodeNpz({ mu, sigma }))).toThrow(
      "'sigma' should be floats of rank 2 but is int32[2,2]",
    )
    expect(() => decodeStatistics(encodeNpz({ mu, sigma: float32([1, 1], [1]) }))).toThrow(
      'a mean of 2 features needs 4 covariances but there are 1',
    )
    expect(() => decodeStatistics(encodeNpz({ mu, sigma: float32([2, 2], [1, 0, 0, Number.NaN]) }))).toThrow(
      'element 3 of the covariance is NaN',
    )
    expect(() => decodeStatistics(Uint8Array.of(1, 2, 3), 'a.safetensors')).toThrow('a.safetensors is truncated')
  })
})
