import { describe, expect, it } from 'vitest'
import { compareLosses } from './compare-losses.ts'
import { fastest, type Outcome } from './measure.ts'

const measured = (milliseconds: number[], note: string, losses: number[] = [], batchSize = 64): Outcome => ({
  status: 'measured',
  version: '1',
  milliseconds,
  peakMemoryMb: 100,
  batchSize,
  losses,
  note,
})
const failed: Outcome = { status: 'failed', reason: 'crashed' }

describe('fastest', () => {
  it('keeps the way with the smallest median, and says how the other one did', () => {
    expect(fastest([measured([10, 50, 60], 'two batches'), measured([40, 41, 42], 'one batch')])).toMatchObject({
      milliseconds: [40, 41, 42],
      note: 'one batch (the other way: 50 ms)',
    })
  })

  it('fails only where every way did', () => {
    expect(fastest([failed, measured([5], 'one batch')])).toMatchObject({ note: 'one batch' })
    expect(fastest([failed, failed])).toBe(failed)
  })
})

describe('compareLosses', () => {
  const compare = (...losses: number[][]) =>
    compareLosses(new Map(losses.map((own, index) => [`engine ${index}`, measured([1], '', own)])))

  it('allows for rounding, as a share of large losses', () => {
    expect(compare([1.409, 0.6587], [1.412, 0.6587])).toEqual([])
    expect(compare([900], [903])).toEqual([])
  })

  it('names engines that computed something else', () => {
    expect(compare([1.4], [1.4], [1.5])).toEqual([
      'engine 2 and engine 0 do not compute the same step: losses 1.50000 and 1.40000.',
    ])
    expect(compare([1.4], [Number.NaN])).toHaveLength(1)
    expect(compare([1.4, 1], [1.4])).toHaveLength(1)
  })

  it('compares engines of one batch size only', () => {
    const outcomes = new Map([
      ['a', measured([1], '', [1])],
      ['b', measured([1], '', [2], 4)],
    ])
    expect(compareLosses(outcomes)).toEqual([])
  })
})
