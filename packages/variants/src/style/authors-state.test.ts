import { float32, type NDArray, ndarray } from '@gantry/core'
import { describe, expect, it } from 'vitest'
import { stateOfAuthors } from './authors-state.ts'

const counting = (...shape: number[]) => {
  const size = shape.reduce((product, length) => product * length, 1)
  return ndarray(
    'float32',
    shape,
    Float32Array.from({ length: size }, (_, index) => index),
  )
}
const part = (player: string, ...names: string[]) =>
  Object.fromEntries(names.map((name) => [name, { trained: `${player}/${name}`, average: `${player}Ema/${name}` }]))

const parts = {
  generator: part('generator', 'synthesis/b4/constant', 'mapping/dense0/kernel'),
  discriminator: part('discriminator', 'b4/dense/kernel', 'b8/conv0/kernel'),
}
const fresh = {
  ...{ 'generator/synthesis/b4/constant': ndarray('float32', [4, 4, 2]) },
  ...{ 'generator/mapping/dense0/kernel': ndarray('float32', [3, 2]) },
  ...{ 'generatorEma/synthesis/b4/constant': ndarray('float32', [4, 4, 2]) },
  ...{ 'generatorEma/mapping/dense0/kernel': ndarray('float32', [3, 2]) },
  ...{ 'discriminator/b4/dense/kernel': ndarray('float32', [32, 3]) },
  ...{ 'discriminator/b8/conv0/kernel': ndarray('float32', [3, 3, 2, 5]) },
}
const generator = { 'synthesis.b4.const': counting(2, 4, 4), 'mapping.fc0.weight': counting(2, 3) }
const network = (tensors: Record<string, NDArray>) => ({ tensors: new Map(Object.entries(tensors)) })

describe('the state of the authors’ weights', () => {
  it('has every axis where ours is, and one generator for both where there is no other', () => {
    const theirs = { 'b4.fc.weight': counting(3, 32), 'b8.conv0.weight': counting(5, 2, 3, 3) }
    const state = stateOfAuthors({ average: network(generator), discriminator: network(theirs) }, parts, fresh)
    const at = (name: string, ...index: number[]) => {
      const { shape, data } = state[name]!
      return data[index.reduce((place, own, axis) => place * shape[axis]! + own, 0)]
    }
    // [channel 1, row 2, column 3] of [2, 4, 4]; [output 1, input 2] of [2, 3].
    expect(at('generator/synthesis/b4/constant', 2, 3, 1)).toBe(16 + 2 * 4 + 3)
    expect(at('generatorEma/mapping/dense0/kernel', 2, 1)).toBe(3 + 2)
    expect(state['generator/mapping/dense0/kernel']).toEqual(state['generatorEma/mapping/dense0/kernel'])
    // Of 32 inputs: channel 1, row 2, column 3, which are 27 to them and 23 to us.
    expect(at('discriminator/b4/dense/kernel', (2 * 4 + 3) * 2 + 1, 2)).toBe(2 * 32 + 27)
    expect(at('discriminator/b8/conv0/kernel', 1, 2, 1, 4)).toBe(((4 * 2 + 1) * 3 + 1) * 3 + 2)
  })

  it('leaves filters and constant noise where they are, and nothing else', () => {
    const beside = { 'synthesis.b8.conv0.noise_const': counting(8, 8), 'synthesis.b4.resample_filter': counting(4, 4) }
    expect(Object.keys(stateOfAuthors({ average: network({ ...generator, ...beside }) }, parts, fresh))).toHaveLength(4)
  })

  it.each([
    [{ 'mapping.fc0.weight': undefined }, "its generator lacks 'mapping.fc0.weight'."],
    [{ 'mapping.fc1.bias': float32([1], [0]) }, "its generator has 'mapping.fc1.bias', which ours has no place for."],
    [
      { 'mapping.fc0.weight': counting(3, 3) },
      "'mapping.fc0.weight' has the shape [3,3], which does not become [3,2].",
    ],
    [
      { 'synthesis.b4.const': counting(2, 16) },
      "'synthesis.b4.const' has the shape [2,16], which does not become [4,4,2].",
    ],
    [{ 'mapping.fc0.weight': ndarray('int64', [2, 3]) }, "'mapping.fc0.weight' is of whole numbers."],
  ])('%#: is refused where it does not fit', (change, message) => {
    const changed = Object.entries({ ...generator, ...change }).filter(([, tensor]) => tensor !== undefined)
    const average = network(Object.fromEntries(changed as [string, NDArray][]))
    expect(() => stateOfAuthors({ average }, parts, fresh)).toThrow(
      expect.objectContaining({ code: 'NETWORK_INCOMPLETE', message: expect.stringContaining(message) }),
    )
  })
})
