import { describe, expect, it } from 'vitest'
import type { FeatureMatrix } from '../features.ts'
import golden from '../testing/goldens/perceptual.json' with { type: 'json' }
import { gaussianAt } from '../testing/procedural.ts'
import { expectWithin } from '../testing/within.ts'
import { classifierAccuracy, linearClassifierAccuracy } from './classifier-accuracy.ts'
import { fitLogisticRegression } from './logistic-regression.ts'

const { rows, width, classes, penalty, ...recorded } = golden.regression
const scales = [1, 5, 0.1, 1, 1, 0]
const shifts = [0, 10, 0, -3, 0, 7]

// The last feature is the same everywhere.
const samples: FeatureMatrix & { readonly data: Float64Array } = {
  rows,
  columns: width,
  data: Float64Array.from(
    { length: rows * width },
    (_, at) => gaussianAt(301, at) * scales[at % width]! + shifts[at % width]!,
  ),
}
const labels = Int32Array.from(recorded.labels)
const labelled = { samples, labels }

describe('logistic regression', () => {
  it('reaches the minimum that scipy reaches', async () => {
    const fitted = await fitLogisticRegression(samples, labels, classes, { penalty })
    expect(fitted.converged).toBe(true)
    expectWithin(fitted.loss, recorded.loss, { rtol: 1e-9, atol: 0 })
    const deviations = Array.from({ length: width }, (_, column) => deviation(column))
    for (const [index, weight] of recorded.standardizedWeights.entries()) {
      const own = fitted.weights[index]! * deviations[Math.floor(index / classes)]!
      expectWithin(own, weight, { rtol: 0, atol: 1e-4 }, `weight ${index}`)
    }
  })

  it('is the same at every run', async () => {
    const [first, second] = [
      await fitLogisticRegression(samples, labels, classes),
      await fitLogisticRegression(samples, labels, classes),
    ]
    expect(first).toEqual(second)
  })

  it('reports, and stops', async () => {
    const controller = new AbortController()
    const progress = (done: number) => done === 2 && controller.abort(new Error('enough'))
    const running = fitLogisticRegression(samples, labels, classes, { progress, signal: controller.signal })
    await expect(running).rejects.toThrow('enough')
  })

  function deviation(column: number): number {
    const own = samples.data.filter((_, index) => index % width === column)
    const mean = own.reduce((sum, value) => sum + value, 0) / rows
    return Math.sqrt(own.reduce((sum, value) => sum + (value - mean) ** 2, 0) / rows)
  }
})

describe('classifier accuracy', () => {
  it('of samples that equal the real ones is the accuracy of the fit', async () => {
    const { accuracy, perClass } = await linearClassifierAccuracy({ generated: labelled, real: labelled, classes })
    expect(accuracy).toBe(recorded.accuracy)
    const right = perClass.reduce((sum, share, own) => sum + share * labels.filter((label) => label === own).length, 0)
    expect(right / rows).toBeCloseTo(accuracy, 12)
  })

  it('falls when generated labels are mixed up, and is one class where only one was generated', async () => {
    const mixed = { samples, labels: labels.map((label) => (label + 1) % classes) }
    const { accuracy } = await linearClassifierAccuracy({ generated: mixed, real: labelled, classes })
    expect(accuracy).toBeLessThan(0.3)
    const only = { samples, labels: labels.map(() => 2) }
    const { perClass } = await linearClassifierAccuracy({ generated: only, real: labelled, classes })
    expect([...perClass]).toEqual([0, 0, 1, 0])
  })

  it('takes a classifier of one’s own, for samples of any kind', async () => {
    const sampled = (text: string) => ({
      samples: [...text],
      labels: Int32Array.from(text, (own) => Number(own === own.toUpperCase())),
    })
    const request = { generated: sampled('aBc'), real: sampled('xYzW'), classes: 2 }
    const { accuracy, perClass } = await classifierAccuracy<string[]>(request, async (training) => {
      expect(training).toBe(request.generated)
      return (others) => Int32Array.from(others, (own) => Number(own === 'Y'))
    })
    expect(accuracy).toBe(3 / 4)
    expect([...perClass]).toEqual([1, 1 / 2])
  })

  it('refuses labels that do not fit', async () => {
    const short = { samples, labels: labels.slice(1) }
    await expect(linearClassifierAccuracy({ generated: short, real: labelled, classes })).rejects.toMatchObject({
      code: 'LABELS_MISSIZED',
    })
    await expect(linearClassifierAccuracy({ generated: labelled, real: labelled, classes: 2 })).rejects.toMatchObject({
      code: 'LABELS_OUT_OF_RANGE',
    })
  })
})
