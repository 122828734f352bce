import { describe, expect, test } from 'vitest'
import { sliceRows } from '../linear-algebra/rows.ts'
import goldens from '../testing/goldens/kid.json' with { type: 'json' }
import { asFloat32, proceduralFeatures } from '../testing/procedural.ts'
import { expectWithin } from '../testing/within.ts'
import { kernelDistance, maximumMeanDiscrepancy } from './kernel-distance.ts'

describe.each(goldens)('torch-fidelity’s KID: $name', ({ set1, set2, params, expected, fullSet, tolerance }) => {
  const [left, right] = [proceduralFeatures(set1), proceduralFeatures(set2)]
  const subsets = { subsets: params.kid_subsets, subsetSize: params.kid_subset_size }
  const expectBoth = (
    actual: { value: number; standardDeviation: number },
    recorded: { mean: number; std: number },
    allowed: { rtol: number; atol: number } = tolerance,
  ) => {
    expectWithin(actual.value, recorded.mean, allowed, 'mean')
    expectWithin(actual.standardDeviation, recorded.std, allowed, 'deviation')
  }

  test('the usual kernel', async () => {
    expectBoth(await kernelDistance(left, right, subsets), expected.torch_fidelity_f64)
  })

  test('float32 features', async () => {
    const { f32_rtol: rtol, f32_atol: atol } = tolerance
    const distance = await kernelDistance(asFloat32(left), asFloat32(right), subsets)
    expectBoth(distance, expected.torch_fidelity_f32, { rtol, atol })
  })

  test('another polynomial, and a Gaussian', async () => {
    const polynomial = { kind: 'polynomial', degree: 2, gamma: 0.5, offset: 2 } as const
    expectBoth(
      await kernelDistance(left, right, { ...subsets, kernel: polynomial }),
      expected.torch_fidelity_f64_poly_deg2_gamma05_coef2,
    )
    expectBoth(
      await kernelDistance(left, right, { ...subsets, kernel: { kind: 'gaussian', sigma: 10 } }),
      expected.torch_fidelity_f64_rbf_sigma10,
    )
  })

  test('whole sets, by every estimator', async () => {
    const sets = [left, right].map((set) => sliceRows(set, 0, fullSet.rowsUsedFromEach)) as [typeof left, typeof right]
    for (const estimator of ['unbiased', 'biased', 'u-statistic'] as const) {
      const recorded = fullSet.torch_fidelity_mmd2_f64[estimator]
      expectWithin(await maximumMeanDiscrepancy(...sets, { estimator }), recorded, tolerance, estimator)
    }
    const value = await maximumMeanDiscrepancy(...sets)
    expectWithin(value, fullSet.clean_fid_kernel_distance_one_full_subset, tolerance, 'clean-fid')
  })
})

describe('kernelDistance', () => {
  const set = proceduralFeatures({ kind: 'feat', seed: 1, N: 40, D: 8 })

  test('tells its progress and stops when it is told to', async () => {
    const seen: number[] = []
    const stop = new AbortController()
    const work = kernelDistance(set, set, {
      subsets: 50,
      subsetSize: 20,
      signal: stop.signal,
      progress(done) {
        seen.push(done)
        if (done === 3) stop.abort(new Error('enough'))
      },
    })
    await expect(work).rejects.toThrow('enough')
    expect(seen).toEqual([1, 2, 3])
  })

  test('refuses subsets that are larger than a set', async () => {
    await expect(kernelDistance(set, set)).rejects.toThrow(
      '100 subsets of 1000 cannot be drawn from sets of 40 and 40 samples. Ask for a subset size from 2 to 40, or draw more samples.',
    )
    const estimator = 'u-statistic'
    await expect(maximumMeanDiscrepancy(set, sliceRows(set, 0, 30), { estimator })).rejects.toThrow('pairs samples')
  })

  test('takes whole sets of different sizes', async () => {
    const other = sliceRows(set, 0, 30)
    const there = await maximumMeanDiscrepancy(set, other)
    expectWithin(await maximumMeanDiscrepancy(other, set), there, { rtol: 1e-12, atol: 1e-15 })
  })
})
