import { expect, it } from 'vitest'
import { rateAt, spreadAt, synthesisOf } from './search-styles.ts'

it('steps and noise follow appendix D of Karras et al. 2020', () => {
  // Up in a straight line for 5%, then 0.1, and down along half a cosine in the last quarter.
  expect([0, 0.025, 0.05, 0.5, 0.75].map(rateAt)).toEqual(
    [0, 0.05, 0.1, 0.1, 0.1].map((rate) => expect.closeTo(rate, 10)),
  )
  expect(rateAt(0.875)).toBeCloseTo(0.05, 10)
  expect(rateAt(1)).toBeCloseTo(0, 10)
  // 0.05 σ at first, a quarter of it half-way to 75%, then none.
  expect([0, 0.375, 0.75, 0.9].map((share) => spreadAt(share, 4))).toEqual(
    [0.2, 0.05, 0, 0].map((own) => expect.closeTo(own, 10)),
  )
})

it('says which runs have no styles, before anything is read', () => {
  const run = { model: { functions: [{ name: 'translate' }] }, config: { variant: 'pix2pix' } }
  const search = () => synthesisOf(run as unknown as Parameters<typeof synthesisOf>[0])
  expect(search).toThrow(
    expect.objectContaining({ code: 'STYLES_MISSING', message: expect.stringContaining('pix2pix') }),
  )
})
