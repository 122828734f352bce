import { expect, it } from 'vitest'
import { parseNumber } from './parse-number.ts'

it.each([
  ['.5E-3', 0.0005],
  ['5.', 5],
  ['+2', 2],
  ['-.5', -0.5],
  [' 1e3 ', 1000],
])('reads %j', (text, number) => {
  expect(parseNumber(text)).toBe(number)
})

it.each(['', ' ', '.', 'e5', '0x10', 'Infinity', '1e999', '1 2', '1,5', '--1', 'NaN'])('does not read %j', (text) => {
  expect(parseNumber(text)).toBeUndefined()
})
