import { describe, expect, test } from 'vitest'
import goldens from '../testing/goldens/inception-score.json' with { type: 'json' }
import { gaussianAt } from '../testing/procedural.ts'
import { expectWithin, type Recorded } from '../testing/within.ts'
import { type InceptionScoreOptions, inceptionScore } from './inception-score.ts'

const runs = {
  tf_shuffle2020_splits10: {},
  tf_unshuffled_splits1: { convention: 'one-split' },
  tf_unshuffled_splits10: { convention: 'improved-gan' },
  tf_shuffle7_splits3: { splits: 3, shuffleSeed: 7 },
} as const satisfies Record<string, InceptionScoreOptions>

const logitsOf = ({ seed, N, C, scale }: (typeof goldens)[number]['input']) => ({
  rows: N,
  columns: C,
  data: Float64Array.from({ length: N * C }, (_, index) => scale * gaussianAt(seed, index)),
})

describe.each(goldens)('torch-fidelity’s scores: $name', ({ input, expected, tolerance }) => {
  test.each(Object.keys(runs) as (keyof typeof runs)[])('%s', (run) => {
    const { value, standardDeviation } = inceptionScore(logitsOf(input), runs[run])
    expectWithin(value, expected[run].mean as Recorded, tolerance, 'mean')
    expectWithin(standardDeviation, expected[run].std as Recorded, tolerance, 'deviation')
  })
})

test('a class that never occurs: NaN with a warning as in the reference, or the limit', () => {
  const logits = logitsOf(goldens.find(({ name }) => name === 'underflow')!.input)
  expect(inceptionScore(logits).warnings).toEqual([expect.stringContaining('emptyClasses')])
  const { value, warnings } = inceptionScore(logits, { emptyClasses: 'zero' })
  expect(value).toBeGreaterThan(1)
  expect(value).toBeLessThanOrEqual(10)
  expect(warnings).toEqual([])
})

test('float32 logits, 1 for samples that all look alike, and the number of classes for certain ones', () => {
  const alike = { rows: 20, columns: 4, data: new Float32Array(80).map((_, index) => index % 4) }
  expect(inceptionScore(alike).value).toBeCloseTo(1, 12)
  const certain = {
    rows: 20,
    columns: 4,
    data: new Float32Array(80).map((_, index) => (index % 4 === Math.floor(index / 4) % 4 ? 100 : 0)),
  }
  expect(inceptionScore(certain, { convention: 'one-split' }).value).toBeCloseTo(4, 10)
})

test('refuses more splits than samples', () => {
  const logits = { rows: 3, columns: 2, data: new Float32Array(6) }
  expect(() => inceptionScore(logits)).toThrow('3 samples cannot be cut into 10 splits.')
})

test('warns of fewer samples than classes, and of splits with half as many', () => {
  const warningsOf = (rows: number, splits: number) =>
    inceptionScore({ rows, columns: 4, data: new Float32Array(rows * 4) }, { splits }).warnings
  expect(warningsOf(10, 10)).toEqual([
    expect.stringMatching(/^1 sample a split cannot show 4 classes: .* at most 1 .* Draw 40 samples or more\.$/),
  ])
  expect(warningsOf(3, 1)[0]).toMatch(/^3 samples a split/)
  expect(warningsOf(4, 1)).toEqual([])
  expect(warningsOf(20, 10)).toEqual([])
})
