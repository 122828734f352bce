import { float32, type Part } from '@gantry/core'
import { describe, expect, it } from 'vitest'
import type { Checkpoint } from './checkpoint.ts'
import { startPart } from './start-from.ts'
import { ExtendedSession } from './testing/extended-session.ts'
import { tinyModel } from './testing/tiny-session.ts'

const options = { batchSize: 8, shape: [2] }
const fresh = {
  'decoder/kernel': float32([2], [0, 0]),
  'decoder/average/kernel': float32([2], [0, 0]),
  'decoder/history/kernel': float32([2], [0, 0]),
  'decoder/bias': float32([1], [0]),
  'adam/kernel': float32([2], [5, 5]),
}
const own: Part = {
  kernel: {
    trained: 'decoder/kernel',
    average: 'decoder/average/kernel',
    alike: ['decoder/history/kernel'],
  },
  bias: { trained: 'decoder/bias' },
}

/** Another run, whose weights have other places in its state. */
const other: Checkpoint = {
  ...{ variant: 'vae', dataset: 'ring8', seed: 1, position: { step: 5, phase: 0, scalars: {} } },
  state: {
    w: float32([2], [1, 2]),
    'w/average': float32([2], [3, 4]),
    b: float32([1], [6]),
    'adam/kernel': float32([2], [9, 9]),
  },
  parts: { generator: { kernel: { trained: 'w', average: 'w/average' }, bias: { trained: 'b' } } },
}

function opened(parts: Readonly<Record<string, Part>> = { generator: own }) {
  return { model: { ...tinyModel(options), parts }, session: new ExtendedSession(options, fresh) }
}

describe('startPart', () => {
  it('takes weights, their averages and what begins as they do; all else stays as it is', async () => {
    const started = opened()
    const before = await started.session.readState()
    await startPart(started, 'generator', other, 'runs/vae')
    expect(await started.session.readState()).toEqual({
      ...before,
      'decoder/kernel': other.state.w,
      'decoder/average/kernel': other.state['w/average'],
      'decoder/history/kernel': other.state.w,
      'decoder/bias': other.state.b,
    })
  })

  it('begins an average that the other run does not keep with the weight', async () => {
    const started = opened()
    const parts = { generator: { ...other.parts!.generator!, kernel: { trained: 'w' } } }
    await startPart(started, 'generator', { ...other, parts }, 'runs/vae')
    const { 'decoder/average/kernel': average } = await started.session.readState()
    expect(average).toEqual(other.state.w)
  })

  it('names the weights that differ, with both shapes', async () => {
    const state = { ...other.state, w: float32([3], [1, 2, 3]) }
    const parts = { generator: { kernel: { trained: 'w' }, scale: { trained: 'b' } } }
    const started = opened()
    const before = await started.session.readState()
    const starting = startPart(started, 'generator', { ...other, state, parts }, 'runs/vae')
    await expect(starting).rejects.toMatchObject({
      name: 'ConfigurationError',
      code: 'INIT_MISMATCH',
      message: expect.stringMatching(
        /^The generator of runs\/vae \(vae\) does not fit: 'kernel' is float32\[3\] there but float32\[2\] here; 'bias' is missing there but float32\[1\] here; 'scale' is float32\[1\] there but missing here\. Use the same/,
      ),
    })
    expect(await started.session.readState()).toEqual(before)
  })

  it.each([
    ["The model 'tiny' has no part 'encoder'. Its parts are: generator.", 'encoder', undefined],
    ["runs/vae (vae) has no part 'generator'. Its parts are: none.", 'generator', {}],
  ])('says %s', async (message, part, parts) => {
    const checkpoint = { ...other, ...(parts && { parts }) }
    await expect(startPart(opened(), part, checkpoint, 'runs/vae')).rejects.toMatchObject({
      code: 'PART_UNKNOWN',
      message,
    })
  })
})
