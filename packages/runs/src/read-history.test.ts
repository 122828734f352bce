import { mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { RunEvent } from '@gantry/core'
import { expect, it } from 'vitest'
import { readHistory } from './read-history.ts'
import type { RunFolder } from './run-folder.ts'

const told = (verdict: string, step: number, since: number, holds: boolean): RunEvent => ({
  ...{ type: 'verdict', step, verdict, since, holds, message: `It is ${verdict}.`, evidence: {}, remedies: [] },
})

it('tells each time that a run suffered from something, and once what was told twice', async () => {
  const eventsPath = join(await mkdtemp(join(tmpdir(), 'gantry-history-')), 'events.jsonl')
  const events = [
    told('mode-collapse', 10, 10, true),
    told('oscillation', 20, 15, true),
    told('mode-collapse', 30, 10, false),
    told('mode-collapse', 50, 40, true),
    // After a rollback the same is true of other options.
    told('oscillation', 50, 15, true),
    told('mode-collapse', 60, 40, false),
    told('mode-collapse', 90, 80, true),
  ]
  await writeFile(eventsPath, events.map((event) => `${JSON.stringify(event)}\n`).join(''))
  const { verdicts } = await readHistory({ eventsPath } as RunFolder)
  expect(verdicts.map(({ verdict, since, step, holds }) => [verdict, since, step, holds])).toEqual([
    ['mode-collapse', 10, 30, false],
    ['mode-collapse', 40, 60, false],
    ['oscillation', 15, 50, true],
    ['mode-collapse', 80, 90, true],
  ])
})
