import { describe, expect, it } from 'vitest'
import { float32, ndarray } from './ndarray.ts'
import { checkState, selectNames } from './state.ts'

const kernel = float32([2, 1], [1, 2])
const bias = float32([1], [3])
const variables = { 'dense/kernel': kernel, 'dense/bias': bias }

describe('checkState', () => {
  const refused = (state: Parameters<typeof checkState>[2], options?: Parameters<typeof checkState>[3]) => {
    try {
      checkState('the model', variables, state, options)
    } catch (error) {
      return error as { code: string; message: string }
    }
    return undefined
  }

  it('accepts what fits, and a part of it where that is asked for', () => {
    expect(refused({ 'dense/bias': bias, 'dense/kernel': kernel })).toBeUndefined()
    expect(refused({ 'dense/bias': bias }, { partly: true })).toBeUndefined()
    expect(refused({}, { partly: true })).toBeUndefined()
  })

  it.each([
    [{ 'dense/bias': bias }, /'dense\/kernel' \(float32\[2,1\]\) is missing/],
    [{ ...variables, 'dense/scale': bias }, /it has 'dense\/scale', which the model lacks/],
    [{ ...variables, 'dense/bias': kernel }, /'dense\/bias' is float32\[2,1\] there but float32\[1\] in the model/],
    [{ ...variables, 'dense/bias': ndarray('int32', [1]) }, /is int32\[1\] there/],
  ])('refuses what does not fit, as a whole', (state, message) => {
    expect(refused(state)).toMatchObject({ code: 'STATE_MISMATCH', message: expect.stringMatching(message) })
  })

  it('refuses unknown names and other shapes in a part, too', () => {
    expect(refused({ 'dense/scale': bias }, { partly: true })?.code).toBe('STATE_MISMATCH')
    expect(refused({ 'dense/bias': kernel }, { partly: true })?.code).toBe('STATE_MISMATCH')
  })
})

describe('selectNames', () => {
  const names = ['generator/kernel', 'generator/adam/kernel/m', 'generator-ema/kernel', 'steps']

  it('takes full names, and all that begin with what ends in a slash, once and in their order', () => {
    expect(selectNames('the model', names, ['steps', 'generator/', 'generator/kernel'])).toEqual([
      'generator/kernel',
      'generator/adam/kernel/m',
      'steps',
    ])
    expect(selectNames('the model', names, [])).toEqual([])
  })

  it.each(['generator', 'step', 'steps/', 'generator-', ''])('refuses %j, which nothing has', (name) => {
    expect(() => selectNames('the model', names, ['steps', name])).toThrow(
      expect.objectContaining({
        name: 'ConfigurationError',
        code: 'STATE_UNKNOWN',
        message: expect.stringContaining(`nothing called '${name}'`),
      }),
    )
  })

  it('names what was probably meant', () => {
    expect(() => selectNames('the model', names, ['stpes'])).toThrow("Did you mean 'steps'?")
  })
})
