import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { beforeAll, expect, it } from 'vitest'
import { gantry, gantryJson, temporaryFolder } from './testing/gantry.ts'

const pickle = new URL('../../../packages/runs/src/testing/fixtures/stylegan2-ada/labelled.pkl.gz', import.meta.url)

let cwd: string
beforeAll(async () => {
  cwd = await temporaryFolder()
  await writeFile(join(cwd, 'network.pkl'), gunzipSync(await readFile(pickle)))
})

it('gantry import makes a run that is sampled, mixed and started from', async () => {
  const { code, result } = await gantryJson(['import', 'stylegan2', 'network.pkl'], cwd)
  expect(code).toBe(0)
  expect(result).toMatchObject({
    ...{ run: 'runs/stylegan2-labelled', dataset: 'labelled', shape: [8, 8, 1], classes: 3, discriminator: true },
    options: { generatorWidth: 5, channelBase: 32, activationClamp: 0.8, conditioning: 'projection' },
    exports: [{ function: 'generate' }, { function: 'mapping' }, { function: 'synthesis' }],
  })
  const sampled = await gantry(['sample', result.run, '--count', '4', '--label', '2', '--set', 'truncation=0.7'], cwd)
  expect([sampled.code, sampled.stderr]).toEqual([0, expect.not.stringContaining('error')])
  const mixed = await gantry(['mix', result.run, '--rows', '1', '--columns', '2', '--input', 'label=1'], cwd)
  expect([mixed.code, mixed.stderr]).toEqual([0, expect.not.stringContaining('error')])
})

it('says what it made, and what is wrong with a file', async () => {
  const { stdout, stderr } = await gantry(['import', 'stylegan2', 'network.pkl', '--out', 'faces'], cwd)
  expect(stdout).toMatch(/^stylegan2 of network\.pkl: images of 8×8×1 in 3 classes\n/)
  expect(stdout).toMatch(/^ {2}generatorArchitecture +residual$/m)
  expect(stderr).toMatch(/noise is drawn for each picture/)
  const { code, result } = await gantryJson(['import', 'stylegan2', 'faces/config.json', '--out', 'none'], cwd)
  expect([code, result.error.code]).toEqual([1, 'WEIGHTS_INVALID'])
})
