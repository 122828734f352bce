import { labelField, ndarray, type Phase, RandomStream } from '@gantry/core'
import { describe, expect, it } from 'vitest'
import { PhaseFeeds } from './phase-feeds.ts'

const latent = { dtype: 'float32', shape: [2, 3], source: { from: 'random', distribution: 'normal' } } as const
const mixing = { dtype: 'float32', shape: [5], source: { from: 'random', distribution: 'uniform' } } as const
const phase = (name: string): Phase<unknown> => ({ name, feeds: { latent, mixing }, program: undefined, every: 1 })
const batch = { points: ndarray('float32', [2, 2]) }

describe('PhaseFeeds', () => {
  it('draws other numbers for every step, phase, feed and seed', () => {
    const drawn = [
      new PhaseFeeds(phase('generator'), { seed: 1 }).at(0, batch),
      new PhaseFeeds(phase('generator'), { seed: 1 }).at(1, batch),
      new PhaseFeeds(phase('discriminator'), { seed: 1 }).at(0, batch),
      new PhaseFeeds(phase('generator'), { seed: 2 }).at(0, batch),
    ]
    const numbers = drawn.flatMap((feeds) => Object.values(feeds).flatMap(({ data }) => [...data]))
    expect(new Set(numbers).size).toBe(4 * (6 + 5))
  })

  it('gives the same feeds whether they were drawn ahead or not', () => {
    const feeds = new PhaseFeeds(phase('generator'), { seed: 1 })
    feeds.drawAhead(7)
    expect(feeds.at(7, batch)).toEqual(new PhaseFeeds(phase('generator'), { seed: 1 }).at(7, batch))
    feeds.drawAhead(8)
    expect(feeds.at(9, batch)).toEqual(new PhaseFeeds(phase('generator'), { seed: 1 }).at(9, batch))
  })

  it('draws for a phase of a stage from streams of its own, and else from `phase/feed`', () => {
    const drawn = (streams?: string) =>
      new PhaseFeeds(phase('generator'), { seed: 1, ...(streams !== undefined && { streams }) }).at(2, batch).mixing!
        .data
    const stream = (name: string) => {
      const expected = new Float32Array(5)
      new RandomStream(1, name).seek(2 * 5).fill('uniform', expected)
      return expected
    }
    expect(drawn()).toEqual(stream('generator/mixing'))
    expect(drawn('8x8/')).toEqual(stream('8x8/generator/mixing'))
  })

  it('gives every step whole pairs of the stream of normal numbers, as they are drawn in pairs', () => {
    const feeds = { latent: { ...latent, shape: [1, 3] } }
    const drawn = new PhaseFeeds({ ...phase('generator'), feeds }, { seed: 1 }).at(2, batch).latent!.data
    const expected = new Float32Array(3)
    new RandomStream(1, 'generator/latent').seek(2 * 4).fill('normal', expected)
    expect(drawn).toEqual(expected)
  })

  it('takes fields of the batch by their names in the data set', () => {
    const feeds = {
      real: { dtype: 'float32', shape: [2, 2], source: { from: 'batch', field: 'points' } },
      digit: { dtype: 'int32', shape: [2], source: { from: 'batch', field: 'label' } },
    } as const
    const label = ndarray('int32', [2])
    const made = new PhaseFeeds({ ...phase('classifier'), feeds }, { seed: 1 }).at(0, { ...batch, label })
    expect(made).toEqual({ real: batch.points, digit: label })
  })

  it('refuses labels that the data set does not know, and fields that are missing', () => {
    const feeds = { digit: { dtype: 'int32', shape: [2], source: { from: 'batch', field: 'label' } } } as const
    const fields = { label: labelField(['a', 'b', 'c']) }
    const own = new PhaseFeeds({ ...phase('classifier'), feeds }, { seed: 1, fields })
    const labels = (...values: number[]) => ({ ...batch, label: ndarray('int32', [2], Int32Array.from(values)) })
    expect(own.at(0, labels(0, 2))).toHaveProperty('digit')
    expect(() => own.at(0, labels(0, 3))).toThrow(expect.objectContaining({ code: 'LABEL_OUT_OF_RANGE' }))
    expect(() => own.at(0, batch)).toThrow(expect.objectContaining({ code: 'FIELD_MISSING' }))
  })

  it('refuses random feeds that are no floats', () => {
    const feeds = { index: { ...latent, dtype: 'int32' } } as const
    const own = new PhaseFeeds({ ...phase('generator'), feeds }, { seed: 1 })
    expect(() => own.at(0, batch)).toThrow(/'index' is int32/)
  })
})
