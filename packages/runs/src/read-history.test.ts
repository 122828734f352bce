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

it('knows the step at which a run was interrupted, between two that were logged', async () => {
  const eventsPath = join(await mkdtemp(join(tmpdir(), 'gantry-history-')), 'events.jsonl')
  const logged = { type: 'step', step: 10, steps: 400, scalars: {}, secondsElapsed: 1, samplesPerSecond: 1 }
  const events = [
    logged,
    { type: 'checkpoint', step: 13, path: 'a' },
    { type: 'end', step: 13, outcome: 'interrupted' },
  ]
  await writeFile(eventsPath, events.map((event) => `${JSON.stringify(event)}\n`).join(''))
  const { step, outcome, steps } = await readHistory({ eventsPath } as RunFolder)
  expect([step, outcome, steps.length]).toEqual([13, 'interrupted', 1])
  await writeFile(eventsPath, '')
  expect((await readHistory({ eventsPath } as RunFolder)).step).toBe(0)
})
