import { describe, expect, it } from 'vitest'
import { linear, mixture, spaceOf, spherical, wayThrough } from './ways.ts'

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

it('begins and ends at its points, to the bit', () => {
  const [from, to] = [vector(0.1, -0.7, 1.3), vector(-2.4, 0.3, 0.9)]
  for (const between of [spherical, linear]) {
    expect(between(from, to, 0)).toEqual(from)
    expect(between(from, to, 1)).toEqual(to)
  }
})

describe('mixture', () => {
  const [x, y, z] = [vector(2, 0, 0), vector(0, 2, 0), vector(0, 0, 2)]
  const mixed = (space: ReturnType<typeof spaceOf>, ...parts: [Float32Array, number][]) => {
    const [first, ...others] = parts.map(([latent, weight]) => ({ latent, weight }))
    return [...mixture([first!, ...others], space)]
  }
  const near = (values: readonly number[]) => values.map((value) => expect.closeTo(value, 5))

  it('of normal places lies where their weights point to, on the way between two of them', () => {
    const normal = spaceOf('normal')
    expect(mixed(normal, [x, 3], [y, 4])).toEqual(near([1.2, 1.6, 0]))
    const third = 2 / Math.sqrt(3)
    expect(mixed(normal, [x, 1], [y, 1], [z, 1])).toEqual(near([third, third, third]))
    const own = vector(0.3, -1.2, 0.8)
    const at = Math.atan2(2, 5) / (Math.PI / 2)
    expect(mixed(normal, [x, 5], [own, 2])).toEqual([...spherical(x, own, at)])
    // As much of one place as one likes is that place; less than nothing is its opposite.
    expect(mixed(normal, [own, 0.1])).toEqual([...own])
    expect(mixed(normal, [own, 3], [own, 4])).toEqual(near([...own]))
    expect(mixed(normal, [x, 0], [own, 2])).toEqual([...own])
    expect(mixed(normal, [x, -3], [y, 4])).toEqual(near([-1.2, 1.6, 0]))
    expect(mixed(normal, [x, 0], [y, 0])).toEqual([...x])
  })

  it('of uniform places never leaves their range', () => {
    const uniform = spaceOf('uniform')
    const ends = [vector(0, 1 - 2 ** -24), vector(1 - 2 ** -24, 0)]
    for (const weights of [
      [1, 1],
      [1, -1],
      [-3, 1],
      [-1, -1],
    ]) {
      const values = mixed(uniform, [ends[0]!, weights[0]!], [ends[1]!, weights[1]!])
      expect(values.every((value) => value >= 0 && value < 1)).toBe(true)
    }
    expect(mixed(uniform, [ends[0]!, -1])).toEqual([...ends[1]!])
    expect(mixed(uniform, [vector(0.25), 1], [vector(0.75), 1])).toEqual(near([0.5]))
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
