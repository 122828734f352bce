import { type NDArray, ndarray } from '@gantry/core'
import { describe, expect, it } from 'vitest'
import { attributeDirection, closedFormDirections, principalDirections } from './directions.ts'

/** A repeatable normal number: sums of a linear congruence. */
function normals(seed: number): () => number {
  let state = seed
  const uniform = () => {
    state = (1103515245 * state + 12345) % 2 ** 31
    return state / 2 ** 31
  }
  return () => Array.from({ length: 12 }, uniform).reduce((sum, value) => sum + value, -6)
}

const rowsOf = (rows: readonly (readonly number[])[]): NDArray =>
  ndarray('float32', [rows.length, rows[0]!.length], Float32Array.from(rows.flat()))

describe('closedFormDirections', () => {
  it('finds the axis that most outputs look along', () => {
    const weights = rowsOf([
      [0, 5, 0],
      [0, 1, 0],
      [0, 0, 3],
    ])
    const directions = closedFormDirections([weights], 2)
    expect(directions.map(({ vector }) => [...vector].map(Math.round))).toEqual([
      [0, 1, 0],
      [0, 0, 1],
    ])
  })

  it('takes layers together, each output by its direction alone', () => {
    const strong = rowsOf([[100, 0]])
    const weak = rowsOf([
      [0, 0.1],
      [0, 0.1],
    ])
    expect([...closedFormDirections([strong, weak], 1)[0]!.vector].map(Math.round)).toEqual([0, 1])
  })

  it('refuses what has no common width', () => {
    expect(() => closedFormDirections([rowsOf([[1, 2]]), rowsOf([[1]])], 1)).toThrow(
      expect.objectContaining({ code: 'DIRECTIONS_INVALID' }),
    )
    expect(() => closedFormDirections([], 1)).toThrow(expect.objectContaining({ code: 'DIRECTIONS_INVALID' }))
  })
})

describe('principalDirections', () => {
  it('finds the axes of a turned ellipse, their deviations and its centre', () => {
    const draw = normals(1)
    const [cosine, sine] = [Math.cos(0.6), Math.sin(0.6)]
    const rows = Array.from({ length: 4000 }, () => {
      const [long, short] = [3 * draw(), 0.5 * draw()]
      return [7 + cosine * long - sine * short, -2 + sine * long + cosine * short]
    })
    const { mean, directions } = principalDirections(rowsOf(rows), 2)
    expect(mean[0]).toBeCloseTo(7, 0)
    expect(mean[1]).toBeCloseTo(-2, 0)
    expect(directions[0]!.vector[0]).toBeCloseTo(cosine, 1)
    expect(directions[0]!.vector[1]).toBeCloseTo(sine, 1)
    expect(directions[0]!.scale / 3).toBeCloseTo(1, 1)
    expect(directions[1]!.scale / 0.5).toBeCloseTo(1, 1)
  })
})

describe('attributeDirection', () => {
  const draw = normals(7)
  // The attribute depends on the first number; the second varies far more, and is none of its business.
  const rows = Array.from({ length: 600 }, () => [draw(), 20 * draw(), draw()])
  const has = rows.map(([first]) => first! > 0.2)

  it('is where the attribute is, not where most varies', () => {
    const { vector, accuracy, scale } = attributeDirection(rowsOf(rows), has)
    expect(vector[0]).toBeGreaterThan(0.95)
    expect(Math.abs(vector[1]!)).toBeLessThan(0.05)
    expect(accuracy).toBeGreaterThan(0.9)
    expect(scale).toBeCloseTo(1, 0)
  })

  it('is told by chance where there is nothing to find', () => {
    const shuffled = rows.map((_, index) => (index * 7919) % 13 < 6)
    expect(attributeDirection(rowsOf(rows), shuffled).accuracy).toBeLessThan(0.7)
  })

  it('is found where every fourth has it, and nobody else', () => {
    const everyFourth = rows.map((_, index) => index % 4 === 3)
    const moved = rows.map(([first, ...rest], index) => [first! + (everyFourth[index] ? 6 : 0), ...rest])
    const { vector, accuracy } = attributeDirection(rowsOf(moved), everyFourth)
    expect(vector[0]).toBeGreaterThan(0.95)
    expect(accuracy).toBeGreaterThan(0.95)
  })

  it('needs both sides', () => {
    expect(() =>
      attributeDirection(
        rowsOf(rows),
        rows.map(() => true),
      ),
    ).toThrow(
      expect.objectContaining({ code: 'BOUNDARY_IMPOSSIBLE', message: expect.stringContaining('Of 600 latents 600') }),
    )
  })
})
