import { describe, expect, it } from 'vitest'
import { constantNumbers, constantValue, uniformValue } from './constants.ts'

describe('constants', () => {
  it('shrink when they repeat one number, and come back whole', () => {
    const value = constantValue(Float32Array.of(3, 3, 3, 3, 3, 3), 'float32', [2, 3])
    expect(value.stored).toEqual([1, 1])
    expect([...constantNumbers(value)]).toEqual([3, 3, 3, 3, 3, 3])
    expect([...constantNumbers(uniformValue(1, 'bool', [2]))]).toEqual([1, 1])
    expect([...constantNumbers(constantValue(new Float32Array(0), 'float32', [0, 2]))]).toEqual([])
  })

  it('come back in logical order, whatever their order in memory and wherever they repeat', () => {
    // Logical [2, 3] stored as [3, 2].
    const moved = {
      ...constantValue(Int32Array.of(0, 10, 1, 11, 2, 12), 'int32', [2, 3]),
      permutation: [1, 0],
      stored: [3, 2],
    }
    expect([...constantNumbers(moved)]).toEqual([0, 1, 2, 10, 11, 12])
    const repeated = {
      ...constantValue(Int32Array.of(5, 6, 7), 'int32', [3]),
      shape: [2, 3],
      permutation: [0, 1],
      stored: [1, 3],
    }
    expect([...constantNumbers(repeated)]).toEqual([5, 6, 7, 5, 6, 7])
  })

  it('tell a negative zero from a zero', () => {
    expect(constantValue(Float32Array.of(0, -0), 'float32', [2]).stored).toEqual([2])
  })
})
