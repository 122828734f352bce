import { RandomStream } from '@gantry/core'
import { describe, expect, it } from 'vitest'
import { areaUnderCurve } from './area-under-curve.ts'

describe('the area under the curve', () => {
  it('is the share of pairs in order, ties counting half', () => {
    expect(areaUnderCurve([0.9, 0.4], [0.1, 0.4])).toBe(0.875)
    expect(areaUnderCurve([3, 2], [1, 0])).toBe(1)
    expect(areaUnderCurve([0], [1, 2])).toBe(0)
    expect(areaUnderCurve([5, 5], [5, 5, 5])).toBe(0.5)
  })

  it('is that of all pairs, of many scores with many ties', () => {
    const random = new RandomStream(3, 'scores')
    const draw = (count: number, shift: number) =>
      Array.from({ length: count }, () => Math.round(10 * random.uniform() + shift))
    const [positive, negative] = [draw(201, 1), draw(57, 0)]
    let wins = 0
    for (const own of positive) for (const other of negative) wins += own > other ? 1 : own === other ? 0.5 : 0
    expect(areaUnderCurve(positive, negative)).toBeCloseTo(wins / (201 * 57), 12)
  })

  it('needs both kinds', () => {
    expect(() => areaUnderCurve([], [1])).toThrow(expect.objectContaining({ code: 'CLASS_EMPTY' }))
  })
})
