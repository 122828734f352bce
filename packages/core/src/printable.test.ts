import { expect, it } from 'vitest'
import { DataError } from './errors.ts'
import { printable, printableLine } from './printable.ts'

it('shows what a terminal would act on, and leaves text alone', () => {
  expect(printable('a\u001b[2J\u0007\u202eb\u009b')).toBe('a\\u001b[2J\\u0007\\u202eb\\u009b')
  expect(printable('größe 😀\n\tzwei')).toBe('größe 😀\n\tzwei')
  expect(printableLine('one\ntwo')).toBe('one\\ntwo')
})

it('is how errors speak of names from files', () => {
  const { message, fix } = new DataError({ code: 'X', message: "'\u001b]0;x\u0007' is odd.", fix: 'Rename \u001b.' })
  expect(message).toBe("'\\u001b]0;x\\u0007' is odd. Rename \\u001b.")
  expect(fix).toBe('Rename \\u001b.')
})
