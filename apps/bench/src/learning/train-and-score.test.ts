import { mkdtempSync, readdirSync, truncateSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { RunFolder } from '@gantry/runs'
import { describe, expect, it } from 'vitest'
import { runNamed } from './testing/some-runs.ts'
import { trainAndScore } from './train-and-score.ts'

const fresh = () => join(mkdtempSync(join(tmpdir(), 'gantry-learning-')), 'run')

describe('a run of the learning bench', () => {
  it('is trained, scored, and done at once where it was done before', async () => {
    const work = { run: runNamed('a-1'), folder: fresh(), threads: 1 }
    const result = await trainAndScore(work)
    expect(result).toMatchObject({ id: 'a-1', steps: 10, engine: expect.stringContaining('onnxruntime'), curve: [] })
    expect(Object.keys(result.scores)).toEqual(['modes', 'high-quality', 'mode-divergence'])
    const again = await trainAndScore(work)
    expect([again.scores, again.seconds]).toEqual([result.scores, result.seconds])
  })

  it('ends when its time is over, says how far it came, and goes on with more', async () => {
    const folder = fresh()
    // So many that its first checkpoint comes soon, and its last step never, on any machine.
    const long = { steps: 20_000, minutes: 3 / 60 }
    const first = await trainAndScore({ run: runNamed('a-1', long), folder, threads: 1 })
    expect(first.steps).toBeGreaterThan(0)
    expect(first.steps).toBeLessThan(long.steps)
    const more = await trainAndScore({ run: runNamed('a-1', { ...long, minutes: 4 / 60 }), folder, threads: 1 })
    expect(more.steps).toBeGreaterThan(first.steps)
    expect(more.seconds).toBeGreaterThan(first.seconds)
  })

  it('is trained anew where its folder has one of other settings, which is kept', async () => {
    const folder = fresh()
    await trainAndScore({ run: runNamed('a-1'), folder, threads: 1 })
    const other = runNamed('a-1', { options: { hiddenUnits: 9, hiddenLayers: 1 }, steps: 12 })
    expect(await trainAndScore({ run: other, folder, threads: 1 })).toMatchObject({ steps: 12 })
    expect((await RunFolder.open(folder)).config.options).toMatchObject({ hiddenUnits: 9 })
    const [kept] = readdirSync(dirname(folder)).filter((name) => name.startsWith('run.before-'))
    expect((await RunFolder.open(join(dirname(folder), kept!))).config.options).toMatchObject({ hiddenUnits: 8 })
  })

  it('says when its time is over before its first checkpoint', async () => {
    const run = runNamed('a-1', { steps: 1_000_000, minutes: 1e-9 })
    await expect(trainAndScore({ run, folder: fresh(), threads: 1 })).rejects.toMatchObject({
      code: 'BUDGET_TOO_SHORT',
      message: expect.stringContaining('before its first checkpoint at 500. Give it more minutes'),
    })
  })

  it('says what to do where its checkpoints are damaged, and removes nothing', async () => {
    const folder = fresh()
    const run = runNamed('a-1')
    await trainAndScore({ run, folder, threads: 1 })
    const checkpoints = readdirSync(join(folder, 'checkpoints'))
    for (const name of checkpoints) truncateSync(join(folder, 'checkpoints', name), 100)
    await expect(trainAndScore({ run, folder, threads: 1 })).rejects.toMatchObject({
      code: 'RUN_DAMAGED',
      message: expect.stringMatching(
        /a-1 cannot go on: None of the .* Remove .*run: it is then trained from the start/,
      ),
    })
    expect(readdirSync(join(folder, 'checkpoints'))).toEqual(checkpoints)
  })
})
