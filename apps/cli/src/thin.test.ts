import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'

const here = import.meta.dirname

// The command declares options, calls the library and prints: what else it would do belongs into a package. What it has may grow with
// its commands (1,500 lines were for fourteen of them), and with nothing else.
it('is thin: less than 107 lines for each of its commands, without its report', async () => {
  const names = await readdir(here, { recursive: true })
  const own = names.filter((name) => name.endsWith('.ts') && !/\.test\.ts$|^(testing|report)[\\/]/.test(name))
  const commands = own.filter((name) => /^commands[\\/]/.test(name)).length
  expect(commands).toBeGreaterThan(13)
  const texts = await Promise.all(own.map((name) => readFile(join(here, name), 'utf8')))
  expect(texts.reduce((sum, text) => sum + text.trimEnd().split('\n').length, 0)).toBeLessThan(107 * commands)
})
