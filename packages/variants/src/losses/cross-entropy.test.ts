import '@tensorflow/tfjs-backend-cpu'
import '@tensorflow/tfjs-layers'
import { tensor2d } from '@tensorflow/tfjs-core'
import { describe, expect, it } from 'vitest'
import { adversarialLoss } from './adversarial-loss.ts'
import { minimaxLoss, nonSaturatingLoss } from './cross-entropy.ts'

const real = [-3, -0.5, 0.2, 4]
const fake = [2, -1, 0.1, -6]
const column = (values: readonly number[]) => tensor2d([...values], [values.length, 1])
const average = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length
const probability = (logit: number) => 1 / (1 + Math.exp(-logit))

/** The equations as they stand in the papers, in float64. */
const expected = {
  discriminator: (label: number) =>
    -average(
      real.map((logit) => label * Math.log(probability(logit)) + (1 - label) * Math.log(1 - probability(logit))),
    ) - average(fake.map((logit) => Math.log(1 - probability(logit)))),
  minimax: average(fake.map((logit) => Math.log(1 - probability(logit)))),
  nonSaturating: -average(fake.map((logit) => Math.log(probability(logit)))),
}

describe('cross-entropy losses', () => {
  it.each([1, 0.9])('discriminator, real label %d', (label) => {
    for (const loss of [minimaxLoss(label), nonSaturatingLoss(label)].map((terms) => adversarialLoss(terms))) {
      expect(loss.discriminator(column(real), column(fake)).dataSync()[0]).toBeCloseTo(expected.discriminator(label), 5)
    }
  })

  it('generator', () => {
    expect(adversarialLoss(minimaxLoss()).generator(column(fake)).dataSync()[0]).toBeCloseTo(expected.minimax, 5)
    expect(adversarialLoss(nonSaturatingLoss()).generator(column(fake)).dataSync()[0]).toBeCloseTo(
      expected.nonSaturating,
      5,
    )
  })

  it('stays finite where the probability rounds to 0 or 1', () => {
    const sure = column([200, -200])
    for (const loss of [minimaxLoss(), nonSaturatingLoss()].map((terms) => adversarialLoss(terms))) {
      expect(loss.discriminator(sure, sure).dataSync()[0]).toBeCloseTo(200, 3)
      expect(Number.isFinite(loss.generator(sure).dataSync()[0])).toBe(true)
    }
  })
})
