import { describe, expect, test } from 'vitest'
import {
  addDimensions,
  ceilDivideDimension,
  divideDimension,
  maximumDimension,
  minimumDimension,
  multiplyDimensions,
  subtractDimensions,
} from './dimension.ts'

describe('symbolic lengths', () => {
  test('sums collect what is alike', () => {
    expect(addDimensions('b', 'a', 'b', 3)).toBe('a+2*b+3')
    expect(subtractDimensions('2*b+1', 'b')).toBe('b+1')
    expect(subtractDimensions('b', 'b')).toBe(0)
    expect(addDimensions(2, 3)).toBe(5)
  })

  test('products multiply out, in one order', () => {
    expect(multiplyDimensions('b', 4, 'a')).toBe('4*a*b')
    expect(multiplyDimensions('a+1', 'a-1')).toBe('a*a-1')
    expect(multiplyDimensions('b', 0)).toBe(0)
    expect(multiplyDimensions()).toBe(1)
  })

  test('divisions take out what divides, and keep the rest', () => {
    expect(divideDimension('12*b', 4)).toBe('3*b')
    expect(divideDimension('12*b', 'b')).toBe(12)
    expect(divideDimension('6*a*b', '2*b')).toBe('3*a')
    expect(divideDimension('2*h-1', 2)).toBe('h-1')
    expect(divideDimension('h-1', 2)).toBe('floor((h-1)/(2))')
    expect(ceilDivideDimension('2*h-1', 2)).toBe('h')
    expect(divideDimension(7, 2)).toBe(3)
  })

  test('what is no polynomial is a symbol of its own', () => {
    const half = divideDimension('h-1', 2)
    expect(addDimensions(half, half)).toBe('2*floor((h-1)/(2))')
    expect(subtractDimensions(addDimensions(half, 1), half)).toBe(1)
    expect(multiplyDimensions(maximumDimension('b', 'a'), 2)).toBe('2*max(a,b)')
  })

  test('the greater and the lesser of lengths that differ by a number are known', () => {
    expect([maximumDimension('b+2', 'b'), minimumDimension('b+2', 'b')]).toEqual(['b+2', 'b'])
    expect([maximumDimension(2, 5), minimumDimension(2, 5)]).toEqual([5, 2])
    expect(minimumDimension('b', 'a')).toBe('min(a,b)')
  })
})
