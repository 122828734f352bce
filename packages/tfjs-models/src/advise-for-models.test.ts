import { ShapeError, UnsupportedError } from '@gantry/core'
import { expect, it } from 'vitest'
import { adviseForModels } from './advise-for-models.ts'

it('advises what the command can do in place of what a program could', () => {
  const own = {
    code: 'DIMENSION_BAKED_IN',
    message: 'x cannot be recorded.',
    fix: 'Write the program so that it works.',
  }
  const advised = adviseForModels(new UnsupportedError(own))
  expect(advised).toMatchObject({ code: 'DIMENSION_BAKED_IN', problem: 'x cannot be recorded.' })
  expect((advised as Error).message).toMatch(
    /^x cannot be recorded\. Give that axis a fixed length \(--input .*--multiple height=8\)\.$/,
  )
})

it('leaves all others as they are', () => {
  const other = new ShapeError({ code: 'X', message: 'a.', fix: 'b.' })
  expect(adviseForModels(other)).toBe(other)
  expect(adviseForModels(1)).toBe(1)
})
