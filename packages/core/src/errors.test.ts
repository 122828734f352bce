import { describe, expect, it } from 'vitest'
import { ConfigurationError, GantryError, ShapeError } from './errors.ts'
import { readManifest } from './manifest.ts'
import { float32 } from './ndarray.ts'
import { nearest, suggestion } from './nearest.ts'
import { checkState } from './state.ts'

describe('errors', () => {
  it('carry a code, the fix at the end of the message, a cause and an exit code', () => {
    const cause = new Error('because')
    const error = new ShapeError({ code: 'X', message: 'a is 1 but b is 2.', fix: 'Make them equal.', cause })
    expect(error).toMatchObject({ name: 'ShapeError', code: 'X', fix: 'Make them equal.', cause, exitCode: 1 })
    expect(error.problem).toBe('a is 1 but b is 2.')
    expect(error.message).toBe('a is 1 but b is 2. Make them equal.')
    expect(new ConfigurationError({ code: 'X', message: 'm' }).exitCode).toBe(2)
    expect(GantryError.isInstance(error)).toBe(true)
    expect(GantryError.isInstance(cause)).toBe(false)
  })
})

describe('nearest', () => {
  it('finds what was meant, and nothing when nothing is close', () => {
    expect(nearest('dcgn', ['vanilla', 'dcgan'])).toBe('dcgan')
    expect(nearest('LearningRate', ['learningRate', 'beta1'])).toBe('learningRate')
    expect(nearest('xyz', ['vanilla', 'dcgan'])).toBeUndefined()
    expect(nearest('abcdefg', ['bcd', 'zbcdefghijkl'])).toBeUndefined()
    expect(nearest('trunc', ['latent', 'truncation'])).toBe('truncation')
    // Two begin so, and a letter or two are no beginning.
    expect(nearest('trunc', ['truncationBefore', 'truncationAfterwards'])).toBeUndefined()
    expect(nearest('tr', ['latent', 'truncation'])).toBeUndefined()
    expect(suggestion('xyz', ['vanilla', 'dcgan'])).toBe('Use one of: vanilla, dcgan.')
    expect(suggestion('xyz', [])).toBe('There are none.')
  })
})

describe('checkState', () => {
  const variables = { weight: { dtype: 'float32', shape: [2] } } as const
  it('names the first variable that does not fit', () => {
    expect(() => checkState("model 'm'", variables, { weight: float32([2], [1, 2]) })).not.toThrow()
    const foreign = { weight: float32([2], [1, 2]), toString: float32([1], [1]) } as never
    expect(() => checkState("model 'm'", variables, foreign)).toThrow(/it has 'toString', which the model lacks/)
    expect(() => checkState("model 'm'", variables, {})).toThrow(
      /does not fit model 'm': 'weight' \(float32\[2\]\) is missing/,
    )
    expect(() => checkState("model 'm'", variables, { weight: float32([1], [1]) })).toThrow(
      /float32\[1\] there but float32\[2\] in the model/,
    )
    expect(() => checkState("model 'm'", variables, { weight: float32([2], [1, 2]), other: float32([], [1]) })).toThrow(
      /'other', which the model lacks/,
    )
  })
})

describe('readManifest', () => {
  it('refuses what is missing or no manifest', () => {
    expect(() => readManifest({}, 'a.onnx')).toThrow(/a.onnx carries no Gantry manifest.*gantry export/)
    for (const text of ['{', 'null', '{"manifestVersion":1}', '{"manifestVersion":2}']) {
      expect(() => readManifest({ 'gantry.manifest': text })).toThrow(/cannot be read/)
    }
  })
})
