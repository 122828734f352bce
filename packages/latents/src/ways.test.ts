import { describe, expect, it } from 'vitest'
import { linear, spherical, wayThrough } from './ways.ts'

const vector = (...values: number[]) => Float32Array.from(values)
const length = (values: Float32Array) => Math.hypot(...values)
const angle = (left: Float32Array, right: Float32Array) =>
  Math.acos(
    Math.min(1, left.reduce((sum, value, index) => sum + value * right[index]!, 0) / (length(left) * length(right))),
  )

describe('spherical', () => {
  it('turns by the same angle in the same time, and lengthens steadily', () => {
    const [from, to] = [vector(3, 0, 0), vector(-2, 4, 4)]
    const whole = angle(from, to)
    for (const at of [0, 0.25, 0.5, 0.75, 1]) {
      const place = spherical(from, to, at)
      expect(length(place)).toBeCloseTo(3 + 3 * at, 5)
      expect(angle(from, place)).toBeCloseTo(at * whole, 3)
    }
    // Shoemake's formula, by hand: both sines are 1/√2 in the middle of a right angle.
    expect([...spherical(vector(1, 0), vector(0, 1), 0.5)]).toEqual([
      Math.fround(Math.SQRT1_2),
      Math.fround(Math.SQRT1_2),
    ])
  })

  it('goes straight where there is no arc', () => {
    expect([...spherical(vector(1, 1), vector(2, 2), 0.5)]).toEqual([1.5, 1.5])
    expect([...spherical(vector(1, 0), vector(-1, 0), 0.5)]).toEqual([0, 0])
    expect([...spherical(vector(0, 0), vector(4, 0), 0.25)]).toEqual([1, 0])
  })
})

describe('wayThrough', () => {
  const points = [vector(0), vector(10), vector(20)]

  it('ends where it should, or comes back', () => {
    const open = wayThrough(points, { frames: 5, loop: false, between: linear })
    expect(open.map(([value]) => value)).toEqual([0, 5, 10, 15, 20])
    const loop = wayThrough(points, { frames: 6, loop: true, between: linear })
    // The frame behind the last is the first: 10 before it, and not twice.
    expect(loop.map(([value]) => value)).toEqual([0, 5, 10, 15, 20, 10])
  })

  it('says what it needs', () => {
    const way = (count: number, frames: number) => () =>
      wayThrough(points.slice(0, count), { frames, loop: true, between: linear })
    expect(way(1, 9)).toThrow(expect.objectContaining({ code: 'WAY_INVALID', fix: expect.stringContaining('--seeds') }))
    expect(way(3, 2)).toThrow(
      expect.objectContaining({ code: 'WAY_INVALID', fix: expect.stringContaining('--frames') }),
    )
    expect(way(3, Number.NaN)).toThrow(expect.objectContaining({ code: 'WAY_INVALID' }))
  })
})
