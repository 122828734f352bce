import { float32 } from '@gantry/core'
import { describe, expect, it } from 'vitest'
import { MemoryRecord } from './memory-record.ts'
import { tinyConfig } from './testing/tiny-config.ts'
import { trainTiny } from './testing/tiny-run.ts'

const checkpointAt = (step: number, value = 0) => ({
  ...{ variant: 'tiny', dataset: 'tiny', seed: 0, position: { step, phase: 0, scalars: {} } },
  state: { a: float32([1], [value]) },
})

describe('MemoryRecord', () => {
  it('keeps events, artefacts and the newest checkpoints', async () => {
    const record = new MemoryRecord()
    expect(await record.newest()).toEqual({ checkpoint: undefined, damaged: [] })
    await record.append({ type: 'warning', step: 1, message: 'x' })
    expect(await record.write('samples/000001', { extension: 'png', bytes: Uint8Array.of(7) })).toBe(
      'samples/000001.png',
    )
    for (const step of [1, 2, 3]) await record.save(checkpointAt(step), 2)
    expect(record.events).toEqual([{ type: 'warning', step: 1, message: 'x' }])
    expect(record.artefacts.get('samples/000001.png')!.bytes).toEqual(Uint8Array.of(7))
    expect(record.checkpoints.map(({ path }) => path)).toEqual(['checkpoints/000002', 'checkpoints/000003'])
    expect((await record.newest()).checkpoint).toEqual({ ...checkpointAt(3), path: 'checkpoints/000003' })
  })

  it('replaces the checkpoint of a step that is saved again', async () => {
    const record = new MemoryRecord()
    for (const value of [1, 2]) await record.save(checkpointAt(5, value), 3)
    expect(record.checkpoints).toEqual([{ ...checkpointAt(5, 2), path: 'checkpoints/000005' }])
  })

  it.each([1, 2, 3, 9, 10, 23])('is enough to go on bit for bit, stopped at check %i', async (checks) => {
    let count = 0
    const signal = Object.defineProperty(Object.create(new AbortController().signal), 'aborted', {
      get: () => ++count > checks,
    })
    const record = new MemoryRecord()
    expect((await trainTiny(record, tinyConfig(), { signal })).outcome.outcome).toBe('interrupted')
    const expected = await trainTiny(new MemoryRecord(), tinyConfig())
    expect((await trainTiny(record, tinyConfig())).state).toEqual(expected.state)
  })
})
