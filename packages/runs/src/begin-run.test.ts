import { mkdtemp, readFile, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { findVariant } from '@gantry/variants'
import { beforeAll, describe, expect, it } from 'vitest'
import { beginRun } from './begin-run.ts'
import { resolveConfig } from './resolve-config.ts'
import { trainRun } from './train-run.ts'

let path: string

const configOf = (run: { readonly steps?: number; readonly seed?: number }, options: Record<string, unknown> = {}) =>
  resolveConfig(findVariant('vanilla'), {
    run: { data: 'ring8', steps: 2, batchSize: 4, ...run },
    options: { hiddenUnits: 4, ...options },
  })

beforeAll(async () => {
  path = join(await mkdtemp(join(tmpdir(), 'gantry-begin-')), 'run')
  const { folder, run } = await beginRun(path, configOf({}))
  await trainRun(folder, run)
  await run.dispose()
})

describe('a run that goes on', () => {
  it.each([
    ['options', configOf({}, { hiddenUnits: 5 }), /hiddenUnits 4 but is to go on with 5/],
    ['a seed', configOf({ seed: 1 }), /seed 0 but is to go on with 1/],
  ])('with other %s is refused, and stays as it was', async (_, config, message) => {
    const before = await readFile(join(path, 'config.json'), 'utf8')
    await expect(beginRun(path, config, { resume: true })).rejects.toMatchObject({
      code: 'RESUME_MISMATCH',
      message: expect.stringMatching(message),
    })
    expect(await readFile(join(path, 'config.json'), 'utf8')).toBe(before)
  })

  it('may have more steps, and options that its variant has got since', async () => {
    const file = join(path, 'config.json')
    const config = JSON.parse(await readFile(file, 'utf8'))
    delete config.options.denseUnits
    await writeFile(file, JSON.stringify(config))
    const { run } = await beginRun(path, configOf({ steps: 3 }), { resume: true })
    await run.dispose()
    expect(JSON.parse(await readFile(file, 'utf8'))).toMatchObject({ steps: 3, options: { denseUnits: 0 } })
  })
})
