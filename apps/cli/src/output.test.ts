import { afterEach, expect, it, vi } from 'vitest'
import { present, shown } from './output.ts'

afterEach(() => vi.restoreAllMocks())

it('acts on colours only, whatever names files hold', () => {
  expect(shown('\u001b[31mred\u001b[0m \u001b[2J\u0007\u202e')).toBe('\u001b[31mred\u001b[0m \\u001b[2J\\u0007\\u202e')
})

it('writes JSON that says the same without control characters', () => {
  const written: string[] = []
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => written.push(String(text)) > 0)
  const result = { name: 'a\u001b[2J\u009b\u202e\n' }
  present({ json: true }, result, [])
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  expect(written.join('')).not.toMatch(/[\0-\x09\x0b-\x1f\x7f-\x9f\u202e]/)
  expect(JSON.parse(written.join(''))).toEqual(result)
})
