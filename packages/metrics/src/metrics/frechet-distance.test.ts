import { describe, expect, test } from 'vitest'
import type { FeatureMatrix } from '../features.ts'
import { takeRows } from '../linear-algebra/rows.ts'
import { NumpyRandomState } from '../random/numpy-random.ts'
import { gaussianStatistics } from '../statistics/gaussian-accumulator.ts'
import type { GaussianStatistics } from '../statistics/gaussian-statistics.ts'
import goldens from '../testing/goldens/frechet.json' with { type: 'json' }
import { asFloat32, gaussianAt, proceduralFeatures } from '../testing/procedural.ts'
import { expectWithin } from '../testing/within.ts'
import { frechetDistance, frechetDistanceOfFeatures } from './frechet-distance.ts'

const features = (seed: number, N: number, D: number, shift = 0) =>
  proceduralFeatures({ kind: 'feat', seed, N, D, shift, period: 5 })

describe('the references’ distances from features', () => {
  test.each(goldens.features)('$name', async ({ set1, set2, expected, tolerance, parts }) => {
    const [first, second] = [proceduralFeatures(set1), proceduralFeatures(set2)]
    const { value, meanTerm } = await frechetDistanceOfFeatures(first, second)
    expectWithin(value, expected.cross_check_nuclear_norm, tolerance, 'value')
    expectWithin(meanTerm, parts.mean_diff_sq, { rtol: 1e-12, atol: 1e-15 }, 'mean term')
    const statistics = await gaussianStatistics(first)
    for (const [index, recorded] of parts.mu1_first4.entries()) {
      expectWithin(statistics.mean[index]!, recorded, { rtol: 1e-14, atol: 1e-16 }, 'mean')
    }
    for (const [index, recorded] of parts.sigma1_row0_first4.entries()) {
      expectWithin(statistics.covariance[index]!, recorded, { rtol: 1e-12, atol: 1e-15 }, 'covariance')
    }
    // Where nothing is singular, the references themselves are accurate.
    if (tolerance.rtol === 1e-8) {
      for (const reference of [expected.pytorch_fid, expected.clean_fid]) expectWithin(value, reference, tolerance)
    }
    const single = expected.torch_fidelity_f32
    if (typeof single === 'number') {
      const { value: fromSingle } = await frechetDistanceOfFeatures(asFloat32(first), asFloat32(second))
      expectWithin(fromSingle, single, { rtol: tolerance.f32_rtol, atol: tolerance.f32_atol }, 'float32')
    }
  })

  test.each(goldens.direct)(
    '$name, from mean and covariance',
    async ({ D, seed1, seed2, mode, expected, tolerance }) => {
      const statistics = [seed1, seed2].map((seed, which): GaussianStatistics => {
        const mean = Float64Array.from({ length: D }, (_, index) => gaussianAt(seed, 1_000_000 + index))
        const covariance = new Float64Array(D * D)
        const inner = mode === 'aat-rank1/4' ? D / 4 : D
        for (let row = 0; row < D; row++) {
          for (let column = 0; column < D; column++) {
            let sum = 0
            for (let k = 0; k < inner; k++) sum += gaussianAt(seed, row * D + k) * gaussianAt(seed, column * D + k)
            if (mode === 'diag') sum = row !== column ? 0 : which === 0 ? 2 ** -(row % 20) : 1 + row
            covariance[row * D + column] = sum
          }
        }
        return { mean, covariance }
      }) as [GaussianStatistics, GaussianStatistics]
      const { value, warnings } = await frechetDistance(...statistics)
      expectWithin(value, expected.cross_check_eigh_svd, tolerance)
      expect(warnings).toEqual([])
      expectWithin((await frechetDistance(...statistics, { kernels: 'plain' })).value, value, {
        rtol: 1e-11,
        atol: 1e-12,
      })
    },
  )
})

describe('what must hold of every distance', () => {
  const [left, right] = [features(1, 90, 24), features(2, 70, 24, 1)]

  test('0 from a set to itself, also where the covariance is singular', async () => {
    for (const set of [left, features(3, 10, 24), features(4, 200, 24)]) {
      expect((await frechetDistanceOfFeatures(set, set)).value).toBeLessThan(1e-12)
    }
  })

  test('the same both ways', async () => {
    const [there, back] = [await frechetDistanceOfFeatures(left, right), await frechetDistanceOfFeatures(right, left)]
    expectWithin(there.value, back.value, { rtol: 1e-12, atol: 0 })
  })

  test('the same in any order of samples and of features', async () => {
    const { value } = await frechetDistanceOfFeatures(left, right)
    const random = new NumpyRandomState(5)
    const shuffled = takeRows(left, random.permutation(left.rows))
    expectWithin((await frechetDistanceOfFeatures(shuffled, right)).value, value, { rtol: 1e-12, atol: 0 })
    const order = random.permutation(24)
    const reordered = (set: FeatureMatrix) => ({
      ...set,
      data: set.data.map((_, index) => set.data[index - (index % 24) + order[index % 24]!]!),
    })
    const moved = await frechetDistanceOfFeatures(reordered(left), reordered(right))
    expectWithin(moved.value, value, { rtol: 1e-12, atol: 0 })
  })

  test('a known one: Gaussians along one axis', async () => {
    const line = (mean: number, variance: number) => ({
      mean: Float64Array.of(mean),
      covariance: Float64Array.of(variance),
    })
    expect((await frechetDistance(line(1, 4), line(4, 25))).value).toBeCloseTo(9 + 9, 12)
  })

  test('more than one panel of the factorisation, against the plain twin', async () => {
    const [first, second] = [
      await gaussianStatistics(features(6, 200, 150)),
      await gaussianStatistics(features(7, 300, 150, 1)),
    ]
    const { value } = await frechetDistance(first, second)
    const plain = await frechetDistance(second, first, { kernels: 'plain' })
    expectWithin(value, plain.value, { rtol: 1e-11, atol: 0 })
  })
})

describe('bad input', () => {
  test('warns of fewer samples than features', async () => {
    const { warnings } = await frechetDistanceOfFeatures(features(1, 24, 24), features(2, 25, 24))
    expect(warnings).toHaveLength(1)
    expect(warnings[0]).toMatch(/^24 real samples are not more than 24 features: .* biased, too high/)
  })

  test.each([
    ['is not symmetric: element [1,0] is 0.5, but [0,1] is 0', [1, 0, 0.5, 1]],
    ['has a negative eigenvalue', [1, 2, 2, 1]],
    ['has a negative eigenvalue', [1, 0, 0, -0.01]],
    ['has a negative eigenvalue', [0, 1, 1, 0]],
    // Each pair of these could be covariances, all three cannot: 1 − 3 · 0.9² + 2 · (−0.9³) < 0.
    ['has a negative eigenvalue', [1, 0.9, -0.9, 0.9, 1, 0.9, -0.9, 0.9, 1]],
  ])('warns of what is no covariance: it %s', async (warning, covariance) => {
    const size = Math.sqrt(covariance.length)
    const odd = { mean: new Float64Array(size), covariance: Float64Array.from(covariance) }
    const identity = Float64Array.from(covariance, (_, index) => (index % (size + 1) === 0 ? 1 : 0))
    const good = { mean: new Float64Array(size), covariance: identity }
    expect((await frechetDistance(good, good)).warnings).toEqual([])
    const text = (which: string) => expect.stringContaining(`The covariance of the ${which} samples ${warning}`)
    expect((await frechetDistance(odd, good)).warnings).toEqual([text('real')])
    expect((await frechetDistance(good, odd)).warnings).toEqual([text('generated')])
  })

  test('does not warn of the rounding of float32, of few samples and of many', async () => {
    for (const [samples, width] of [
      [40, 64],
      [400, 64],
    ] as const) {
      const { mean, covariance } = await gaussianStatistics(features(3, samples, width))
      const stored = { mean, covariance: Float64Array.from(Float32Array.from(covariance)) }
      expect((await frechetDistance(stored, stored)).warnings).toEqual([])
    }
  })

  test('refuses widths that differ, NaN, and one sample', async () => {
    const good = features(1, 5, 4)
    const code = (error: string) => expect.objectContaining({ code: error })
    await expect(frechetDistanceOfFeatures(good, features(1, 5, 3))).rejects.toThrow(code('FEATURE_WIDTHS_DIFFER'))
    const bad = { ...good, data: good.data.with(6, Number.NaN) }
    await expect(frechetDistanceOfFeatures(good, bad)).rejects.toThrow('feature 2 of sample 1 is NaN')
    await expect(frechetDistanceOfFeatures(good, features(1, 1, 4))).rejects.toThrow(code('SAMPLES_TOO_FEW'))
    const statistics = await gaussianStatistics(good)
    const broken = { ...statistics, covariance: statistics.covariance.with(3, Number.POSITIVE_INFINITY) }
    await expect(frechetDistance(statistics, broken)).rejects.toThrow(code('STATISTICS_NOT_FINITE'))
    const cut = { ...statistics, covariance: statistics.covariance.slice(1) }
    await expect(frechetDistance(cut, statistics)).rejects.toThrow(code('STATISTICS_MISSIZED'))
  })

  test('stops when it is told to', async () => {
    const signal = AbortSignal.abort(new Error('enough'))
    await expect(frechetDistanceOfFeatures(features(1, 5, 4), features(2, 5, 4), { signal })).rejects.toThrow('enough')
  })
})
