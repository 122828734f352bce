import { float32 } from '@gantry/core'
import { describe, expect, it } from 'vitest'
import { MemoryRecord } from './memory-record.ts'
import type { RunRecord } from './run-record.ts'
import type { OpenedStage, Stage } from './stages.ts'
import { ExtendedSession } from './testing/extended-session.ts'
import { tinyConfig } from './testing/tiny-config.ts'
import { tinyDataset } from './testing/tiny-dataset.ts'
import { tinyModel } from './testing/tiny-session.ts'
import { train } from './train.ts'
import type { TrainedModel } from './train-options.ts'

const options = { batchSize: 8, shape: [2] }
const weights = {
  'vgg/kernel': float32([2], [1, 2]),
  'vgg/bias': float32([1], [3]),
  'vgg-head/kernel': float32([1], [4]),
}
const other = { ...weights, 'vgg/kernel': float32([2], [7, 8]), 'vgg-head/kernel': float32([1], [9]) }
const frozen = { 'vgg/': 'a1b2' }

/** A model whose perceptual network is frozen, but for its head. */
function frozenModel(own: TrainedModel['frozen'] | 'nothing' = frozen, more = weights): OpenedStage {
  const model = own === 'nothing' ? tinyModel(options) : { ...tinyModel(options), frozen: own }
  return { model, session: new ExtendedSession(options, more) }
}

async function trainFrozen(record: RunRecord, steps: number, opened = frozenModel()) {
  await train({ ...opened, dataset: tinyDataset([2]), record, config: tinyConfig({ steps }), observers: [] })
  return opened.session.readState()
}

describe('frozen state', () => {
  it('is named in checkpoints and not held by them', async () => {
    const record = new MemoryRecord()
    await trainFrozen(record, 5)
    const { state, frozen: named } = record.checkpoints[0]!
    expect(named).toEqual(frozen)
    expect(Object.keys(state).sort()).toEqual(['direction', 'ema', 'kernel', 'steps', 'vgg-head/kernel'])
  })

  it('is that of the model when a run goes on, which ends in the same bits', async () => {
    const expected = await trainFrozen(new MemoryRecord(), 9)
    const record = new MemoryRecord()
    await trainFrozen(record, 5)
    expect(await trainFrozen(record, 9)).toEqual(expected)
    expect(expected).toMatchObject(weights)
  })

  it.each([
    ['another hash', { 'vgg/': 'c3d4' }, /'vgg\/' of hash a1b2, but the model has c3d4/],
    ['another network', { 'vgg-head/': 'a1b2' }, /'vgg\/' of hash a1b2, but the model has none/],
    ['nothing frozen', 'nothing', /'vgg\/' of hash a1b2, but the model has none/],
  ] as const)('is refused when the model has %s', async (_, own, message) => {
    const record = new MemoryRecord()
    await trainFrozen(record, 5)
    await expect(trainFrozen(record, 9, frozenModel(own))).rejects.toMatchObject({
      name: 'ModelFormatError',
      code: 'FROZEN_MISMATCH',
      message: expect.stringMatching(message),
    })
  })

  it('is refused when the checkpoint has none', async () => {
    const record = new MemoryRecord()
    await trainFrozen(record, 5, frozenModel('nothing'))
    await expect(trainFrozen(record, 9)).rejects.toMatchObject({
      code: 'FROZEN_MISMATCH',
      message: expect.stringContaining('of hash none, but the model has a1b2'),
    })
  })

  it.each([
    ['frozen before', frozen, 'nothing'],
    ['frozen after', 'nothing', frozen],
  ] as const)('never passes to the next stage, so that a resume at the border carries the same: %s', async (...row) => {
    const [, first, second] = row
    const stage = (name: string, opened: OpenedStage, steps?: number): Stage => ({
      ...{ name, open: async () => opened, close: async () => {} },
      ...(steps && { steps }),
    })
    const ended = async (until: readonly number[]) => {
      const record = new MemoryRecord()
      let last = frozenModel(second, other)
      for (const steps of until) {
        last = frozenModel(second, other)
        const stages = [stage('a', frozenModel(first), 5), stage('b', last)]
        await train({ stages, dataset: tinyDataset([2]), record, config: tinyConfig({ steps }), observers: [] })
      }
      return last.session.readState()
    }
    const whole = await ended([9])
    expect(await ended([5, 9])).toEqual(whole)
    expect(whole['vgg-head/kernel']).toEqual(weights['vgg-head/kernel'])
    expect(whole['vgg/kernel']).toEqual(other['vgg/kernel'])
  })
})
