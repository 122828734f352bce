import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdir, readFile, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import type { RunEvent, RunEventOf } from '@gantry/core'
import { describe, expect, it } from 'vitest'
import { readEvents } from './event-log.ts'
import { RunFolder } from './run-folder.ts'
import { newRun, tinyConfig, trainTiny } from './testing/tiny-run.ts'

const script = (name: string) => fileURLToPath(new URL(`./testing/${name}`, import.meta.url))

/** What must be equal: everything but times and paths. */
const history = (events: readonly RunEvent[]) =>
  events
    .filter((event): event is RunEventOf<'step'> => event.type === 'step')
    .map(({ step, scalars }) => [step, scalars] as const)

async function interruptAfter(run: RunFolder, phases: number) {
  const controller = new AbortController()
  let calls = 0
  const signal = controller.signal
  // The signal is read once a phase: counting the reads stops the run within a step or between two, as asked.
  const counting = Object.defineProperty(Object.create(signal), 'aborted', { get: () => ++calls > phases })
  return trainTiny(run, { signal: counting })
}

describe('a resumed run', () => {
  const uninterrupted = async () => {
    const run = await newRun()
    return { ...(await trainTiny(run)), events: history(await readEvents(run.eventsPath)), run }
  }

  it.each([1, 2, 3, 9, 10, 23])('equals an uninterrupted one bit for bit, stopped at check %i', async (checks) => {
    const expected = await uninterrupted()
    const run = await newRun()
    const { outcome } = await interruptAfter(run, checks)
    expect(outcome.outcome).toBe('interrupted')
    expect((await readEvents(run.eventsPath)).at(-1)).toMatchObject({ type: 'end', outcome: 'interrupted' })
    const resumed = await trainTiny(await RunFolder.open(run.path))
    expect(resumed.outcome.outcome).toBe('finished')
    expect(resumed.state).toEqual(expected.state)
    expect(history(await readEvents(run.eventsPath))).toEqual(expected.events)
    expect(await readFile(run.samplePath(20))).toEqual(await readFile(expected.run.samplePath(20)))
  })

  it('equals an uninterrupted one after the process was killed', async () => {
    const run = await newRun({ steps: 400, checkpointEvery: 20, keepCheckpoints: 2 })
    const loader = script('typescript-loader.mjs')
    const child = spawn(process.execPath, [
      '--conditions=source',
      '--import',
      loader,
      script('train-until-killed.ts'),
      run.path,
    ])
    const exit = once(child, 'exit')
    for await (const line of createInterface({ input: child.stdout })) {
      if (line === 'step 55') child.kill('SIGKILL')
    }
    expect((await exit)[1]).toBe('SIGKILL')

    const events: RunEvent[] = []
    const resumed = await trainTiny(run, { onEvent: (event) => events.push(event) })
    expect(events[0]!.step).toBeGreaterThanOrEqual(40)
    expect(events[0]!.step).toBeLessThan(400)
    const expected = await newRun({ steps: 400 })
    expect(resumed.state).toEqual((await trainTiny(expected)).state)
    expect(history(await readEvents(run.eventsPath))).toEqual(history(await readEvents(expected.eventsPath)))
    expect(await readdir(run.checkpoints.folder)).toEqual(['000380.safetensors', '000400.safetensors'])
  })

  it('falls back to the checkpoint before a damaged one, with a warning', async () => {
    const expected = await uninterrupted()
    const run = await newRun({ keepCheckpoints: 1 })
    await trainTiny(run, { config: tinyConfig({ steps: 10, keepCheckpoints: 2 }) })
    await truncate(join(run.checkpoints.folder, '000010.safetensors'), 500)
    const events: RunEvent[] = []
    const resumed = await trainTiny(run, { onEvent: (event) => events.push(event) })
    expect(events[0]).toMatchObject({
      type: 'warning',
      step: 5,
      message: expect.stringMatching(/000010.*truncated.*step 5/),
    })
    expect(events[1]).toMatchObject({ type: 'start', step: 5 })
    expect(resumed.state).toEqual(expected.state)
    expect(await readdir(run.checkpoints.folder)).toEqual(['000010.safetensors.damaged', '000020.safetensors'])
  })

  it('refuses to start over silently when no checkpoint can be read', async () => {
    const run = await newRun({ steps: 5 })
    await trainTiny(run)
    await writeFile(join(run.checkpoints.folder, '000005.safetensors'), 'not tensors')
    await expect(trainTiny(run)).rejects.toMatchObject({ code: 'CHECKPOINTS_DAMAGED' })
  })

  it('refuses the state of another model', async () => {
    const run = await newRun({ steps: 5 })
    await trainTiny(run)
    await expect(trainTiny(run, {}, [3])).rejects.toMatchObject({ code: 'STATE_MISMATCH' })
  })

  it('goes on to more steps, and has nothing to do when it is finished', async () => {
    const expected = await uninterrupted()
    const run = await newRun({ steps: 10 })
    await trainTiny(run)
    const longer = await run.reconfigure(tinyConfig())
    expect((await trainTiny(longer)).state).toEqual(expected.state)
    expect((await RunFolder.open(run.path)).config.steps).toBe(20)
    expect((await trainTiny(longer)).outcome).toMatchObject({ outcome: 'finished', step: 20, scalars: {} })
  })
})
