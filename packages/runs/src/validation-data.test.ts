import { mkdtemp, readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { findVariant } from '@gantry/variants'
import { describe, expect, it } from 'vitest'
import { beginRun } from './begin-run.ts'
import { evaluateRun } from './evaluation/evaluate-run.ts'
import { readEvents } from './event-log.ts'
import { resolveConfig } from './resolve-config.ts'
import { trainRun } from './train-run.ts'

const configOf = (validation?: string) =>
  resolveConfig(findVariant('vanilla'), {
    run: {
      ...{ data: 'training:ring8', steps: 2, batchSize: 4, sampleCount: 4, scoreEvery: 2, scoreCount: 50 },
      ...(validation !== undefined && { validation }),
    },
    options: { hiddenUnits: 4 },
  })

async function trained(validation?: string) {
  const path = join(await mkdtemp(join(tmpdir(), 'gantry-validation-')), 'run')
  const { folder, run } = await beginRun(path, configOf(validation))
  const { generator } = await trainRun(folder, run)
  await run.dispose()
  const [scored] = (await readEvents(folder.eventsPath)).filter(({ type }) => type === 'score')
  return {
    path,
    weights: generator!.manifest.weightsHash,
    scored,
    grid: await readFile(join(path, 'samples/000002.png')),
  }
}

describe('data for validation', () => {
  it('are what grids and scores are of, and change nothing of the training', async () => {
    const [own, other] = [await trained(), await trained('held-out:ring8')]
    expect(other.weights).toBe(own.weights)
    expect(other.scored).not.toEqual(own.scored)
    expect(other.grid.equals(own.grid)).toBe(false)
    const { sides } = await evaluateRun(other.path, { count: 50, metrics: ['prdc'] })
    expect(sides.real.name).toBe('held-out:ring8')
  })

  it('have the fields of the training data', async () => {
    await expect(beginRun(join(tmpdir(), 'never'), configOf('mnist'))).rejects.toMatchObject({
      code: 'VALIDATION_MISMATCH',
      message: expect.stringMatching(
        /learns 'points', points float32\[2\], but its validation data mnist have only image/,
      ),
    })
  })

  it('are found from any working directory', () => {
    expect(configOf('held-out:folder:photos').validation).toBe(`held-out:folder:${resolve('photos')}`)
  })
})
