import { float32, type NDArray, ndarray, permuteAxes, sizeOfShape } from '@gantry/core'
import { describe, expect, test } from 'vitest'
import { movePhysicalState, toLogical, toPhysical, toPhysicalState } from './layout.ts'

/** The definition, element by element: physical[p] = logical[l] with l[permutation[i]] = p[i]. */
function naivePermute(array: NDArray, permutation: readonly number[]): NDArray {
  const shape = permutation.map((axis) => array.shape[axis]!)
  const result = ndarray(array.dtype, shape)
  for (let flat = 0; flat < sizeOfShape(shape); flat++) {
    const logical: number[] = []
    let rest = flat
    for (let place = shape.length - 1; place >= 0; place--) {
      logical[permutation[place]!] = rest % shape[place]!
      rest = Math.floor(rest / shape[place]!)
    }
    const source = logical.reduce((offset, index, axis) => offset * array.shape[axis]! + index, 0)
    result.data[flat] = array.data[source]!
  }
  return result
}

const counting = (shape: number[]) =>
  float32(
    shape,
    Array.from({ length: sizeOfShape(shape) }, (_, index) => index),
  )

describe('layouts', () => {
  test.each([
    [
      [3, 2],
      [1, 0],
    ],
    [
      [2, 3, 4],
      [2, 0, 1],
    ],
    [
      [5, 5, 3, 2],
      [3, 2, 0, 1],
    ],
    [
      [1, 4, 1, 2, 3],
      [4, 1, 3, 0, 2],
    ],
    [[7], [0]],
    [[], []],
    [
      [2, 0, 3],
      [2, 1, 0],
    ],
  ])('of shape %j, permuted by %j, follow the definition and come back', (shape, permutation) => {
    const array = counting(shape)
    const layout = { dtype: 'float32', shape, permutation } as const
    const physical = toPhysical(array, layout)
    expect(physical).toEqual(naivePermute(array, permutation))
    expect(toLogical(physical, layout)).toEqual(array)
  })

  test('turn HWIO kernels into OIHW', () => {
    const { shape, data } = permuteAxes(counting([1, 1, 2, 3]), [3, 2, 0, 1])
    expect(shape).toEqual([3, 2, 1, 1])
    expect([...data]).toEqual([0, 3, 1, 4, 2, 5])
  })

  test('that keep the order: copied on the way in, as they are on the way out', () => {
    const array = counting([2, 2])
    const layout = { dtype: 'float32', shape: [2, 2] } as const
    expect(toPhysical(array, layout)).toEqual(array)
    expect(toPhysical(array, layout).data.buffer).not.toBe(array.data.buffer)
    expect(toLogical(array, layout)).toBe(array)
  })
})

test('a state that is moved is the same, and what it came from is free', () => {
  const behind = new Float32Array(10).fill(7)
  const shared = counting([3])
  const state = {
    kept: counting([2, 3]),
    turned: counting([2, 3]),
    view: ndarray('float32', [4], behind.subarray(2, 6)),
    first: shared,
    second: shared,
    empty: ndarray('float32', [0]),
  }
  const layouts = Object.fromEntries(Object.entries(state).map(([name, { dtype, shape }]) => [name, { dtype, shape }]))
  Object.assign(layouts, { turned: { ...layouts.turned, permutation: [1, 0] } })
  const expected = toPhysicalState(layouts, state)
  const { kept, second } = state
  const moved = movePhysicalState(layouts, state)
  expect(moved).toEqual(expected)
  expect(moved.kept!.data).toBe(kept.data)
  expect(state.turned.data).toHaveLength(0)
  // Others may look at what is behind a view.
  expect(moved.view!.data.buffer.byteLength).toBe(16)
  expect(behind).toHaveLength(10)
  expect(moved.second!.data).toBe(second.data)
  expect(moved.first!.data.buffer).not.toBe(second.data.buffer)
})
