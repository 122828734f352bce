import { describe, expect, it } from 'vitest'
import { squareResizer } from './resize.ts'

function resized(from: number, to: number, pixels: number[]): number[] {
  const target = new Float32Array(to * to)
  squareResizer(from, to)(Uint8Array.from(pixels), target)
  return [...target]
}

describe('squareResizer', () => {
  it('changes nothing at the same size', () => {
    expect(resized(2, 2, [1, 2, 3, 250])).toEqual([1, 2, 3, 250])
  })

  it.each([1, 3, 16, 28, 32, 64])('keeps a flat image flat at %i pixels', (to) => {
    for (const value of resized(28, to, Array(784).fill(200))) expect(value).toBeCloseTo(200, 3)
  })

  it('interpolates between pixel centres when it enlarges', () => {
    expect(resized(2, 4, [0, 100, 0, 100]).slice(0, 4)).toEqual([0, 25, 75, 100])
    expect(resized(2, 4, [0, 0, 100, 100]).filter((_, index) => index % 4 === 0)).toEqual([0, 25, 75, 100])
  })

  // Halving: the triangle reaches over 4 pixels with weights 1, 3, 3, 1; at the border 3, 3, 1.
  it('averages over a triangle when it shrinks', () => {
    const row = [0, 80, 160, 240]
    const [left, right] = resized(4, 2, [...row, ...row, ...row, ...row])
    expect(left).toBeCloseTo((3 * 0 + 3 * 80 + 1 * 160) / 7, 4)
    expect(right).toBeCloseTo((1 * 80 + 3 * 160 + 3 * 240) / 7, 4)
  })
})
