import { describe, expect, test } from 'vitest'
import goldens from '../testing/goldens/rng.json' with { type: 'json' }
import { expectWithin } from '../testing/within.ts'
import { NumpyRandomState } from './numpy-random.ts'

const times = <T>(count: number, draw: () => T) => Array.from({ length: count }, draw)

describe.each(goldens)('RandomState($seed) draws what numpy draws', (golden) => {
  const state = () => new NumpyRandomState(golden.seed)

  test('words and uniforms', () => {
    const words = state()
    expect(times(5, () => words.uint32())).toEqual(golden.raw_uint32_first5)
    const uniforms = state()
    expect(times(4, () => uniforms.uniform())).toEqual(golden.random_sample_first4)
  })

  test('normals', () => {
    const normals = state()
    for (const recorded of golden.randn_first4) expectWithin(normals.normal(), recorded, { rtol: 1e-15, atol: 0 })
  })

  test('permutations', () => {
    expect([...state().permutation(10)]).toEqual(golden.permutation_10)
    expect([...state().permutation(50)]).toEqual(golden.permutation_50)
    expect([...state().permutation(1000).subarray(0, 20)]).toEqual(golden.permutation_1000_first20)
  })

  test('samples without replacement, one after the other', () => {
    const samples = state()
    expect([[...samples.choice(10, 5)], [...samples.choice(10, 5)]]).toEqual(golden.two_successive_choice_10_5)
    expect([...state().choice(5000, 1000).subarray(0, 10)]).toEqual(golden.choice_5000_1000_first10)
  })
})

test('refuses seeds and samples that numpy refuses', () => {
  expect(() => new NumpyRandomState(-1)).toThrow(expect.objectContaining({ code: 'SEED_INVALID' }))
  expect(() => new NumpyRandomState(2 ** 32)).toThrow(expect.objectContaining({ code: 'SEED_INVALID' }))
  expect(() => new NumpyRandomState(0).choice(3, 4)).toThrow('4 of 3 cannot be chosen')
})
