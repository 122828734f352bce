// For test files that share a process: what one does to environment variables ends with it.
// A module of its own: this file is read again for every test file of a process, that one once.
import './compare-bytes.mjs'
import { afterAll, vi } from 'vitest'

const before = { ...process.env }

afterAll(() => {
  vi.unstubAllEnvs()
  for (const name of Object.keys(process.env)) if (!(name in before)) delete process.env[name]
  Object.assign(process.env, before)
})
