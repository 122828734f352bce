import { ndarray, type Phase } from '@gantry/core'
import { describe, expect, it } from 'vitest'
import { PhaseFeeds } from './phase-feeds.ts'

const latent = { dtype: 'float32', shape: [2, 3], source: { from: 'random', distribution: 'normal' } } as const
const mixing = { dtype: 'float32', shape: [5], source: { from: 'random', distribution: 'uniform' } } as const
const phase = (name: string): Phase<unknown> => ({ name, feeds: { latent, mixing }, program: undefined, every: 1 })
const batch = { samples: ndarray('float32', [2, 2]) }

describe('PhaseFeeds', () => {
  it('draws other numbers for every step, phase, feed and seed', () => {
    const drawn = [
      new PhaseFeeds(phase('generator'), 1).at(0, batch),
      new PhaseFeeds(phase('generator'), 1).at(1, batch),
      new PhaseFeeds(phase('discriminator'), 1).at(0, batch),
      new PhaseFeeds(phase('generator'), 2).at(0, batch),
    ]
    const numbers = drawn.flatMap((feeds) => Object.values(feeds).flatMap(({ data }) => [...data]))
    expect(new Set(numbers).size).toBe(4 * (6 + 5))
  })

  it('gives the same feeds whether they were drawn ahead or not', () => {
    const feeds = new PhaseFeeds(phase('generator'), 1)
    feeds.drawAhead(7)
    expect(feeds.at(7, batch)).toEqual(new PhaseFeeds(phase('generator'), 1).at(7, batch))
    feeds.drawAhead(8)
    expect(feeds.at(9, batch)).toEqual(new PhaseFeeds(phase('generator'), 1).at(9, batch))
  })

  it('takes samples and labels from the batch', () => {
    const feeds = {
      real: { dtype: 'float32', shape: [2, 2], source: { from: 'samples' } },
      digit: { dtype: 'int32', shape: [2], source: { from: 'labels' } },
    } as const
    const labels = ndarray('int32', [2])
    const made = new PhaseFeeds({ ...phase('classifier'), feeds }, 1).at(0, { ...batch, labels })
    expect(made).toEqual({ real: batch.samples, digit: labels })
  })

  it('refuses labels that the model does not know, or that are missing', () => {
    const feeds = { digit: { dtype: 'int32', shape: [2], source: { from: 'labels' } } } as const
    const own = new PhaseFeeds({ ...phase('classifier'), feeds }, 1, 3)
    const labels = (...values: number[]) => ({ ...batch, labels: ndarray('int32', [2], Int32Array.from(values)) })
    expect(own.at(0, labels(0, 2))).toHaveProperty('digit')
    expect(() => own.at(0, labels(0, 3))).toThrow(expect.objectContaining({ code: 'LABEL_OUT_OF_RANGE' }))
    expect(() => own.at(0, batch)).toThrow(expect.objectContaining({ code: 'LABELS_MISSING' }))
  })

  it('refuses random feeds that are no floats', () => {
    const feeds = { index: { ...latent, dtype: 'int32' } } as const
    expect(() => new PhaseFeeds({ ...phase('generator'), feeds }, 1).at(0, batch)).toThrow(/'index' is int32/)
  })
})
