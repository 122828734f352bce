import { expect, it } from 'vitest'
import { lineLog } from './line-log.ts'

it('writes the lines of a turn together, in their order, and those of the next in another go', async () => {
  const written: string[] = []
  const log = lineLog({ write: (text: string | Uint8Array) => written.push(String(text)) > 0 })
  for (const request of [1, 2]) log({ request })
  expect(written).toEqual([])
  await new Promise((resolve) => setImmediate(resolve))
  log({ request: 3 })
  await new Promise((resolve) => setImmediate(resolve))
  const records = written.map((text) =>
    text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line)),
  )
  expect(records.map((lines) => lines.map(({ request }) => request))).toEqual([[1, 2], [3]])
  expect(records[0]![0].time).toMatch(/^\d{4}-\d\d-\d\dT/)
})
