import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'

const here = import.meta.dirname

// The command declares options, calls the library and prints: what else it would do belongs into a package.
it('is thin: less than 1,500 lines without its report', async () => {
  const names = await readdir(here, { recursive: true })
  const own = names.filter((name) => name.endsWith('.ts') && !/\.test\.ts$|^(testing|report)[\\/]/.test(name))
  expect(own.length).toBeGreaterThan(20)
  const texts = await Promise.all(own.map((name) => readFile(join(here, name), 'utf8')))
  expect(texts.reduce((sum, text) => sum + text.trimEnd().split('\n').length, 0)).toBeLessThan(1500)
})
