import { ndarray } from '@gantry/core'
import { describe, expect, test } from 'vitest'
import type { FeatureMatrix } from '../features.ts'
import { frechetDistanceOfFeatures } from '../metrics/frechet-distance.ts'
import { kernelDistance } from '../metrics/kernel-distance.ts'
import { precisionRecall } from '../metrics/precision-recall.ts'
import { gaussianStatistics } from '../statistics/gaussian-accumulator.ts'
import { proceduralFeatures } from '../testing/procedural.ts'
import { classTable } from './class-table.ts'
import { evaluate } from './evaluate.ts'
import type { EvaluationRequest } from './evaluated-samples.ts'
import type { MetricDefinition } from './metric-definition.ts'
import { metrics } from './metrics/registry.ts'
import { quantiseImages } from './quantise.ts'
import { coordinates } from './views/points.ts'

const SHAPE = { kind: 'feat', N: 300, D: 5, shift: 0 } as const
const left = proceduralFeatures({ ...SHAPE, seed: 1 })
const right = proceduralFeatures({ ...SHAPE, seed: 2, shift: 1 })
const side = (features: FeatureMatrix) => ({ count: features.rows, features })

const request: EvaluationRequest = {
  real: side(left),
  generated: side(right),
  metrics: ['fid', 'kid', 'prdc'],
  extractor: coordinates,
  realName: 'left',
  seed: 3,
  resamples: 50,
}

describe('evaluate', () => {
  test('gives what the metrics give, each with its protocol and an interval around it', async () => {
    const { scores, warnings } = await evaluate(request)
    expect(warnings).toEqual([])
    const value = Object.fromEntries(scores.map((score) => [score.name, score.value]))
    expect(value['coordinates-frechet']).toBe((await frechetDistanceOfFeatures(left, right)).value)
    expect(value['coordinates-kid']).toBe((await kernelDistance(left, right, { subsets: 1, subsetSize: 300 })).value)
    const { precision, recall, density, coverage } = await precisionRecall(left, right)
    expect(value).toMatchObject({ precision, recall, density, coverage })
    for (const { name, value, interval, protocol } of scores) {
      expect(protocol).toMatchObject({ realCount: 300, generatedCount: 300, real: 'left', seed: 3 })
      if (name === 'density') continue
      expect([name, interval![0] <= value && value <= interval![1] && interval![0] < interval![1]]).toEqual([
        name,
        true,
      ])
    }
  })

  test('takes subsets for the kernel distance where they differ, and tells no deviation where they do not', async () => {
    const kid = { ...request, metrics: ['kid'], resamples: 0 }
    const scoreOf = async (real: FeatureMatrix) => (await evaluate({ ...kid, real: side(real) })).scores[0]!
    const [whole, more] = [await scoreOf(left), await scoreOf(proceduralFeatures({ ...SHAPE, seed: 1, N: 400 }))]
    expect([whole.standardDeviation, whole.protocol.convention]).toEqual([undefined, 'torch-fidelity, all 300 at once'])
    expect(more.standardDeviation).toBeGreaterThan(1e-3)
    expect(more.protocol.convention).toBe('torch-fidelity, 100 subsets of 300')
  })

  test('is the same from statistics, and the same every time', async () => {
    const statistics = await gaussianStatistics(left)
    const fid = { ...request, metrics: ['fid'] }
    const fromFeatures = await evaluate(fid)
    expect(await evaluate({ ...fid, real: { count: 300, statistics } })).toEqual(fromFeatures)
    expect(await evaluate(fid)).toEqual(fromFeatures)
  })

  test('counts as many neighbours as are asked for, and says so', async () => {
    const prdc = { ...request, metrics: ['prdc'], resamples: 0 }
    const scoresOf = async (neighbours?: number) =>
      (await evaluate({ ...prdc, ...(neighbours && { neighbours }) })).scores
    const [usual, same, other] = [await scoresOf(), await scoresOf(5), await scoresOf(2)]
    expect(usual).toEqual(same)
    const expected = await precisionRecall(left, right, { neighbours: 2 })
    for (const { name, value, protocol } of other) {
      expect([name, value]).toEqual([name, expected[name as 'precision' | 'recall' | 'density' | 'coverage']])
      expect(protocol.convention).toBe('prdc, k = 2')
    }
    expect(usual[0]!.protocol.convention).toBe('prdc, k = 5')
    expect(usual).not.toEqual(other)
  })

  test('warns of few samples and leaves out what they do not determine', async () => {
    const four = side({ rows: 4, columns: 5, data: left.data.slice(0, 20) })
    const mixture = { centres: [[99, 0, 0, 0, 0]], standardDeviation: 1 }
    const { scores, warnings } = await evaluate({ ...request, generated: four, metrics: ['fid', 'modes'], mixture })
    expect(warnings.join('\n')).toMatch(/4 generated samples are not more than 5 features.*biased/)
    expect(warnings.join('\n')).toMatch(/'mode-divergence' is NaN and left out/)
    expect(scores.map(({ name }) => name)).toEqual(['coordinates-frechet', 'modes', 'high-quality'])
  })

  test('compares what was asked for with what a classifier sees', async () => {
    const logits = { rows: 4, columns: 2, data: Float32Array.of(1, 0, 0, 1, 1, 0, 1, 0) }
    const generated = { count: 4, logits, labels: Int32Array.of(0, 1, 0, 1) }
    const { scores } = await evaluate({ ...request, generated, metrics: ['label-accuracy'] })
    expect(scores.map(({ name, value }) => [name, value])).toEqual([
      ['coordinates-label-accuracy', 0.75],
      ['coordinates-lowest-label-accuracy', 0.5],
    ])
    const unasked = evaluate({ ...request, generated: { count: 4, logits }, metrics: ['label-accuracy'] })
    await expect(unasked).rejects.toThrow('needs samples that were asked for classes of the extractor')
  })

  test('refuses metrics that it cannot compute, and sides that do not fit', async () => {
    const refusal = (changes: Partial<EvaluationRequest>) => evaluate({ ...request, ...changes })
    await expect(refusal({ metrics: ['fdi'] })).rejects.toMatchObject({ code: 'METRIC_UNKNOWN' })
    await expect(refusal({ metrics: ['is'] })).rejects.toMatchObject({ code: 'METRIC_UNAVAILABLE' })
    const statistics = await gaussianStatistics(left)
    await expect(refusal({ real: { count: 300, statistics } })).rejects.toMatchObject({ code: 'METRIC_UNAVAILABLE' })
    const one = side({ rows: 1, columns: 5, data: left.data.slice(0, 5) })
    await expect(refusal({ generated: one })).rejects.toMatchObject({ code: 'SAMPLES_TOO_FEW' })
    const narrow = side({ rows: 5, columns: 4, data: left.data.slice(0, 20) })
    await expect(refusal({ generated: narrow })).rejects.toMatchObject({ code: 'FEATURE_WIDTHS_DIFFER' })
    const bad = side({ rows: 2, columns: 5, data: new Float64Array(10).fill(Number.NaN) })
    await expect(refusal({ generated: bad })).rejects.toMatchObject({ code: 'FEATURES_NOT_FINITE' })
  })

  test('takes metrics of your own, and what they ask for', async () => {
    const length: MetricDefinition = {
      name: 'length',
      description: 'mean length of texts',
      needs: ['tokens'],
      compute: async ({ generated }) => {
        const value = generated.more!.tokens!.shape[1]!
        return { values: [{ name: 'length', value, better: 'higher', convention: 'with padding' }], warnings: [] }
      },
    }
    const own = { ...request, metrics: ['length', 'fid'], resamples: 0 }
    const more = { tokens: ndarray('int32', [300, 7]) }
    const { scores } = await evaluate({ ...own, generated: { ...side(right), more } }, [...metrics, length])
    expect(scores.map(({ name }) => name)).toEqual(['length', 'coordinates-frechet'])
    expect(scores[0]).toMatchObject({ value: 7, protocol: { metric: 'length', convention: 'with padding', seed: 3 } })
    await expect(evaluate(own, [...metrics, length])).rejects.toThrow(
      "The metric 'length' needs 'tokens', which these samples do not have.",
    )
  })
})

test('an interval of the Fréchet distance holds what other samples of the same number give', async () => {
  const draw = (seed: number) => proceduralFeatures({ kind: 'feat', seed, N: 1000, D: 3, shift: 1 })
  const { scores } = await evaluate({ ...request, generated: side(draw(10)), real: side(draw(5)), metrics: ['fid'] })
  const [low, high] = scores[0]!.interval!
  // Not a matter of chance: the seeds are fixed.
  const real = await gaussianStatistics(draw(5))
  const others = await Promise.all(
    [11, 12, 13, 14, 15].map(async (seed) => {
      const generated = side(draw(seed))
      return (
        await evaluate({
          ...request,
          real: { count: 1000, statistics: real },
          generated,
          metrics: ['fid'],
          resamples: 0,
        })
      ).scores[0]!.value
    }),
  )
  const inside = others.filter((value) => value >= low && value <= high)
  expect(inside.length).toBeGreaterThanOrEqual(4)
})

test('a class table counts the classes, and measures those of enough samples', async () => {
  const labels = Int32Array.from({ length: 300 }, (_, row) => (row < 4 ? 0 : 1))
  const rows = await classTable(['few', 'many'], { features: left, labels }, { features: right, labels })
  expect(rows[0]).toEqual({ label: 'few', realCount: 4, generatedCount: 4 })
  expect(rows[1]).toMatchObject({ label: 'many', realCount: 296, frechetDistance: expect.any(Number) })
})

test('images become 8-bit, and NaN is no pixel', () => {
  const samples = ndarray('float32', [1, 1, 4, 1], Float32Array.of(-1.2, -1, 0, 1))
  expect([...quantiseImages(samples).data]).toEqual([0, 0, 128, 255])
  expect([...quantiseImages(samples, 0, [0, 1]).data]).toEqual([0, 0, 0, 255])
  samples.data[2] = Number.NaN
  expect(() => quantiseImages(samples, 7)).toThrow(expect.objectContaining({ code: 'SAMPLES_NOT_FINITE' }))
  expect(() => quantiseImages(samples, 7)).toThrow(/Sample 7/)
  expect(() => quantiseImages(ndarray('float32', [2, 2]))).toThrow(/coordinates are the features/)
})
