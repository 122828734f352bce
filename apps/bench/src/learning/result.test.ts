import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { Results } from './result.ts'
import { resultOf, runNamed } from './testing/some-runs.ts'

const fresh = () => new Results(join(mkdtempSync(join(tmpdir(), 'gantry-results-')), 'results'))

describe('results', () => {
  it('are kept for the settings that they are of', async () => {
    const results = fresh()
    const run = runNamed('a-1')
    expect(results.read(run)).toBeUndefined()
    await results.write(resultOf(run))
    expect(results.read(run)).toEqual(resultOf(run))
    for (const other of [{ steps: 11 }, { options: { r1: 2 } }, { seed: 2 }, { minutes: 3 }]) {
      expect(results.read({ ...run, ...other })).toBeUndefined()
    }
  })

  it.each(['{', '{}', '{"version":2}'])('that read %s are named, and left as they are', (text) => {
    const results = fresh()
    writeFileSync(results.path('a-1'), text)
    expect(() => results.read(runNamed('a-1'))).toThrow(
      expect.objectContaining({ code: 'RESULT_UNREADABLE', message: expect.stringContaining('a-1.json') }),
    )
  })
})
