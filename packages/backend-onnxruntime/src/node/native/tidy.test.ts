import { runInNewContext } from 'node:vm'
import { expect, it } from 'vitest'
import { tidy } from './tidy.ts'

it('leaves the collector to threads that ask for it at the same moment', () => {
  let trimmed = 0
  tidy({ trim: () => void trimmed++ })
  expect(trimmed).toBe(1)
  expect(runInNewContext('typeof gc')).toBe('function')
})
