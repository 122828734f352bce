import { mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { findVariant } from '@gantry/variants'
import { afterEach, expect, it, vi } from 'vitest'
import { broughtWeights } from './brought-weights.ts'
import { keepWeights } from './weights-store.ts'

afterEach(() => vi.unstubAllEnvs())

it('weights that a variant needs are those that were brought, and their lack is told before anything is built', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'gantry-brought-'))
  vi.stubEnv('GANTRY_CACHE', folder)
  const { schema, weights, name } = findVariant('srgan')
  const names = (perceptual: string) => weights!(schema.parse({ perceptual }))
  expect(await broughtWeights(name, names('random-conv'))).toEqual({})
  await expect(broughtWeights(name, names('vgg19'))).rejects.toMatchObject({
    code: 'WEIGHTS_MISSING',
    message: expect.stringMatching(/'vgg19'.*gantry weights add vgg19 FILE/s),
  })
  await writeFile(join(folder, 'other.npz'), 'no weights')
  await keepWeights('vgg19', join(folder, 'other.npz'))
  await expect(broughtWeights(name, names('vgg19'))).rejects.toMatchObject({ code: expect.stringMatching(/^WEIGHTS_/) })
})
