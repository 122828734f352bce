import { describe, expect, it } from 'vitest'
import { float32, ndarray } from './ndarray.ts'
import { checkFeeds, describeSpec } from './tensor-spec.ts'

const specs = {
  latent: { dtype: 'float32', shape: ['batch', 2] },
  label: { dtype: 'int32', shape: ['batch'] },
} as const
const latent = float32([3, 2], [1, 2, 3, 4, 5, 6])

const refusal = (feeds: Parameters<typeof checkFeeds>[2]) => {
  try {
    checkFeeds('Phase x', specs, feeds)
  } catch (error) {
    return error as { code: string; message: string }
  }
  return undefined
}

describe('checkFeeds', () => {
  it('accepts feeds that fit, whatever their named lengths are', () => {
    expect(refusal({ latent, label: ndarray('int32', [3]) })).toBeUndefined()
    expect(describeSpec(specs.latent)).toBe('float32[batch,2]')
  })

  it('knows names that every object has as names only', () => {
    const label = ndarray('int32', [3])
    expect(refusal({ latent, label, constructor: latent } as never)?.code).toBe('FEED_UNKNOWN')
    const named = { toString: specs.label } as const
    expect(() => checkFeeds('Phase x', named as never, {})).toThrow(/needs the input 'toString'/)
  })

  it.each([
    ['FEED_MISSING', { latent }, /needs the input 'label' \(int32\[batch\]\) but got only: latent/],
    ['FEED_UNKNOWN', { latent, lable: latent }, /no input 'lable'.*latent, label/],
    [
      'FEED_MISMATCH',
      { latent: ndarray('float32', [3, 4]), label: ndarray('int32', [3]) },
      /float32\[batch,2\] but got float32\[3,4\]/,
    ],
    ['FEED_MISMATCH', { latent, label: ndarray('float32', [3]) }, /int32\[batch\] but got float32\[3\]/],
    [
      'FEED_DIMENSION_MISMATCH',
      { latent, label: ndarray('int32', [4]) },
      /'batch' is 3 in the input 'latent' but 4 in 'label'/,
    ],
  ] as const)('refuses with %s', (code, feeds, message) => {
    const error = refusal(feeds)
    expect(error?.code).toBe(code)
    expect(error?.message).toMatch(message)
  })
})
