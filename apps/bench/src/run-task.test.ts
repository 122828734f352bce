import { execFile } from 'node:child_process'
import { expect, it } from 'vitest'
import { reasonOf } from './run-task.ts'

/** What a process says that ends so. */
const reason = (script: string, timeout: number) =>
  new Promise<string>((resolve) => {
    execFile(process.execPath, ['-e', script], { timeout }, (ended, _, errors) =>
      resolve(reasonOf(ended, errors, timeout)),
    )
  })

it('tells a process that took too long from one that the system ended, and from one that failed', async () => {
  expect(await reason('setInterval(() => {}, 1000)', 300)).toBe('no answer within 0 s')
  expect(await reason('process.kill(process.pid, "SIGKILL")', 30_000)).toMatch(/ended its process .* memory runs out/)
  expect(await reason('process.exit(3)', 30_000)).toBe('its process ended (exit code 3)')
  expect(await reason('console.error("why"); process.exit(3)', 30_000)).toBe('why')
})
