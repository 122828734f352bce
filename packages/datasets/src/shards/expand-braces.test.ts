import { describe, expect, it } from 'vitest'
import { expandBraces } from './expand-braces.ts'

describe('expandBraces', () => {
  it.each([
    ['plain.tar', ['plain.tar']],
    ['{0000..0003}.tar', ['0000.tar', '0001.tar', '0002.tar', '0003.tar']],
    ['a-{8..11}', ['a-8', 'a-9', 'a-10', 'a-11']],
    ['{train,test}-{0..1}.tar', ['train-0.tar', 'train-1.tar', 'test-0.tar', 'test-1.tar']],
    ['odd{}{x}.tar', ['odd{}{x}.tar']],
  ])('expands %s', (pattern, names) => expect(expandBraces(pattern)).toEqual(names))

  it('refuses more names than any set has', () => {
    expect(() => expandBraces('{0..999999999999}.tar')).toThrow(/stands for 100001 names, more than 100000/)
    expect(() => expandBraces('{0..999}-{0..999}.tar')).toThrow(expect.objectContaining({ code: 'SHARDS_TOO_MANY' }))
  })
})
