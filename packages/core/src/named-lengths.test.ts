import { expect, it } from 'vitest'
import type { Port } from './field.ts'
import { checkInputs, lengthOf, namedLengths, scaledDimension } from './named-lengths.ts'
import { ndarray } from './ndarray.ts'

const source: Port = {
  modality: 'image',
  dtype: 'float32',
  shape: ['height', 'width', 3],
  multiples: { height: 8, width: 4 },
}
const images = (height: number, width: number) => ({ source: ndarray('float32', [2, height, width, 3]) })

it('finds lengths by name, as a multiple, and as a part', () => {
  const lengths = { height: 64, width: 48 }
  expect(['height', '4*height', 'width/16', '3*width/2', 7].map((each) => lengthOf(each, lengths))).toEqual([
    64, 256, 3, 72, 7,
  ])
  expect(['depth', 'width/32', '__proto__'].map((each) => lengthOf(each, lengths))).toEqual([
    undefined,
    undefined,
    undefined,
  ])
  expect(scaledDimension({ name: 'width', factor: 3, divisor: 2 })).toBe('3*width/2')
})

it('reads lengths up to the next multiple', () => {
  expect(namedLengths({ source }, images(17, 8))).toEqual({ height: 24, width: 8 })
  expect(namedLengths({ source }, {})).toEqual({})
})

it('refuses lengths that are no multiples, and says what would fit', () => {
  expect(() => checkInputs('translate', { source }, images(16, 8))).not.toThrow()
  expect(() => checkInputs('translate', { source }, images(16, 9))).toThrow(
    expect.objectContaining({
      code: 'FEED_NOT_MULTIPLE',
      message: expect.stringMatching(/width of the input 'source' must be a multiple of 4.*\[2,16,9,3\]/),
      fix: expect.stringContaining('12'),
    }),
  )
})
