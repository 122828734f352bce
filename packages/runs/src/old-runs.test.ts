import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { RunEvent } from '@gantry/core'
import { generate, train } from '@gantry/training'
import { describe, expect, it, onTestFinished } from 'vitest'
import { readEvents } from './event-log.ts'
import { exportRun } from './export-run.ts'
import { loadGenerator } from './generators/load-generator.ts'
import { openRun } from './open-run.ts'
import { RunFolder } from './run-folder.ts'
import { copyOfRun, oldFiles, oldTensors } from './testing/old-files.ts'
import { trainTiny } from './testing/tiny-run.ts'

// Run folders as Gantry wrote them as of b713807, and what it made of them itself when it went on. Both engines are plain
// JavaScript, whose float32 numbers are the same on every machine.

interface Reported {
  readonly step: number
  readonly scalars: Readonly<Record<string, number>>
}

const historyOf = (events: readonly RunEvent[]): Reported[] =>
  events.flatMap((event) => (event.type === 'step' ? [{ step: event.step, scalars: event.scalars }] : []))

/** Scalars are float64, whose last digit is the business of Node's version. */
async function expectedHistory(name: string): Promise<Reported[]> {
  const history: Reported[] = JSON.parse(await readFile(join(oldFiles, name, 'expected-history.json'), 'utf8'))
  const near = (scalars: Reported['scalars']) =>
    Object.fromEntries(Object.entries(scalars).map(([scalar, value]) => [scalar, expect.closeTo(value, 10)]))
  return history.map(({ step, scalars }) => ({ step, scalars: near(scalars) }))
}

/** A copy of an old run that is to go on to twelve steps. */
async function reopened(name: string) {
  const before = await RunFolder.open(await copyOfRun(name))
  const opened = await openRun({ ...before.config, steps: 12 })
  onTestFinished(() => opened.dispose())
  const { config, dataset, data } = opened
  const { model, session } = await opened.stages[0]!.open()
  const record = await before.reconfigure(config, data)
  return { before, data, model, session, record, goOn: () => train({ model, session, dataset, record, config }) }
}

describe('a run of version 1', () => {
  it('that was interrupted within a step ends in the same bits', async () => {
    const run = await RunFolder.open(await copyOfRun('run-v1'))
    expect((await run.checkpoints.newest())?.position).toMatchObject({ step: 12, phase: 2 })
    const { outcome, state } = await trainTiny(run)
    expect(outcome).toMatchObject({ outcome: 'finished', step: 20 })
    expect(state).toEqual(await oldTensors('run-v1/expected-state.safetensors'))
    expect(historyOf(await readEvents(run.eventsPath))).toEqual(await expectedHistory('run-v1'))
  })

  it('of a real variant goes on to more steps, and ends in the same bits', async () => {
    const { before, data, model, session, record, goOn } = await reopened('ring-v1')
    expect(session.report.engine).toBe('tfjs-cpu')
    // What an upgrade finds in the checkpoint is what the variant itself says today.
    expect((await before.checkpoints.newest())!.parts).toEqual(model.parts)
    expect(await goOn()).toMatchObject({ outcome: 'finished', step: 12 })
    expect(await session.readState()).toEqual(await oldTensors('ring-v1/expected-state.safetensors'))
    expect(historyOf(await readEvents(record.eventsPath))).toEqual(await expectedHistory('ring-v1'))
    expect((await RunFolder.open(before.path)).data).toEqual(data)
  })
})

describe('a run with averages that nothing fills', () => {
  it('goes on without them, and ends in the same bits', async () => {
    const { session, record, goOn } = await reopened('averages-of-nothing')
    await goOn()
    const expected = Object.entries(await oldTensors('averages-of-nothing/expected-state.safetensors'))
    const kept = expected.filter(([name]) => !name.startsWith('generatorEma/'))
    expect(kept.length).toBe(expected.length - 7)
    expect(await session.readState()).toEqual(Object.fromEntries(kept))
    expect((await record.checkpoints.newest())!.state).toEqual(Object.fromEntries(kept))
  })

  it('is exported to what makes the same', async () => {
    const run = await RunFolder.open(await copyOfRun('averages-of-nothing'))
    const made = async (path: string) => {
      const { evaluate, manifest, dispose } = await loadGenerator(path)
      return generate(evaluate, manifest.inputs, { seed: 3, count: 8 }).finally(dispose)
    }
    const { path } = await exportRun(run, { path: join(run.path, 'again.onnx') })
    expect(await made(path)).toEqual(await made(run.generatorPath))
  })
})
