import { existsSync } from 'node:fs'
import { expect, test, vi } from 'vitest'
import { builtFile } from './built-file.ts'

vi.mock('node:fs', () => ({ existsSync: vi.fn() }))

test('builtFile finds the compiled entry of the sources, or says how to build it', () => {
  vi.mocked(existsSync).mockReturnValueOnce(true)
  expect(builtFile('worker').pathname).toMatch(/backend-onnxruntime\/dist\/node\/worker\.js$/)
  vi.mocked(existsSync).mockReturnValueOnce(false)
  expect(() => builtFile('worker')).toThrow(/dist\/node\/worker\.js, which is not there\. Build it: pnpm/)
})
