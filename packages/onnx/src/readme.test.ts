import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { inferences } from './inference/registry.ts'

test('the operator table of the README is complete', () => {
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8')
  const table = readme.slice(readme.indexOf('| family | operators |'), readme.indexOf('Of other operators'))
  const listed = table.match(/\b[A-Z]\w*\b/g)
  expect(listed?.sort()).toEqual([...inferences.keys()].sort())
})
