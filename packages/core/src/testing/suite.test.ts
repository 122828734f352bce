import { expect, test } from 'vitest'
import { describeSuite } from './suite.ts'

const tests = { 'adds numbers': async () => {}, 'fails on purpose': async () => expect.fail('it must be skipped') }

test('describeSuite refuses a skip that names no test', () => {
  const skips = [{ reason: 'renamed', tests: ['add numbers'] }]
  expect(() => describeSuite('arithmetic', tests, skips)).toThrow(
    "arithmetic skips 'add numbers', but the kit has no such test. Did you mean 'adds numbers'?",
  )
})

describeSuite('arithmetic', tests, [{ reason: 'it shows that skips are heeded', tests: ['fails on purpose'] }])
