import { existsSync } from 'node:fs'
import { mkdtemp, readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Fields } from '@gantry/core'
import { configureRun, runConfigSchema } from '@gantry/training'
import { buildModel } from '@gantry/variants'
import { beforeAll, describe, expect, it } from 'vitest'
import { latentRegression } from './latent-regression.ts'
import { ownGame } from './own-networks.ts'
import { trainOwn } from './train-own.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gantry-own-'))
})

describe('networks of your own', () => {
  it('are trained', async () => {
    const run = join(folder, 'own')
    const config = runConfigSchema.parse({ variant: 'own', data: 'ring8', steps: 20, batchSize: 32 })
    const { outcome, scalars } = await trainOwn(
      config,
      ({ points }) => ownGame({ ...points!, field: 'points' }, 32),
      run,
    )
    expect(outcome).toBe('finished')
    expect(Object.keys(scalars)).toEqual(
      expect.arrayContaining(['discriminatorLoss', 'generatorLoss', 'r1', 'realScore', 'fakeScore']),
    )
    expect(existsSync(join(run, 'samples/000020.png'))).toBe(true)
  })

  it('take less than 30 lines', async () => {
    const source = await readFile(new URL('own-networks.ts', import.meta.url), 'utf8')
    expect(source.trimEnd().split('\n').length).toBeLessThan(30)
  })
})

describe('a variant of your own', () => {
  it('is trained, and learns to read its noise', async () => {
    const options = { hiddenUnits: 32, latentWeight: 1 }
    const config = configureRun(latentRegression, { data: 'ring8', steps: 200, batchSize: 32, options })
    const build = (fields: Fields) => buildModel(latentRegression, config, fields)
    const { outcome, scalars } = await trainOwn(config, build, join(folder, 'variant'))
    expect(outcome).toBe('finished')
    // Four independent normals that nobody could read: 4.
    expect(scalars.latentLoss).toBeLessThan(4)
  })
})

describe('the guide', () => {
  it.each(['own-networks.ts', 'latent-regression.ts', 'train-own.ts'])('shows %s as it is', async (name) => {
    const guide = await readFile(new URL('../../../docs/write-your-own-variant.md', import.meta.url), 'utf8')
    const source = await readFile(new URL(name, import.meta.url), 'utf8')
    expect(guide).toContain(`\`\`\`ts\n${source}\`\`\``)
  })
})
