import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { readCheckpoint } from '@gantry/runs'
import { beforeAll, describe, expect, it } from 'vitest'
import { gantry, gantryJson, temporaryFolder } from './testing/gantry.ts'

const tiny = (variant: string, ...set: string[]) => [
  ...['train', variant, '--data', 'ring8', '--steps', '3', '--batch-size', '16'],
  ...['--set', 'hiddenUnits=8', 'latentSize=4', 'generatorNormalization=none', ...set],
]
// Steps so small that they leave float32 weights where they were, to the last digits that are compared.
const still = ['learningRate=1e-12', 'emaDecay=0.5']

let cwd: string
beforeAll(async () => {
  cwd = await temporaryFolder()
  const { code } = await gantry([...tiny('vae'), '--out', 'vae'], cwd)
  expect(code).toBe(0)
})

async function newestState(run: string) {
  const folder = join(cwd, run, 'checkpoints')
  const newest = (await readdir(folder)).sort().at(-1)!
  return (await readCheckpoint(join(folder, newest))).state
}

describe('gantry train --init-from', () => {
  it("starts a GAN's generator from a trained decoder, and nothing else", async () => {
    const run = [...tiny('vanilla', ...still), '--init-from', 'vae', '--out', 'gan']
    const { code, stderr } = await gantry(run, cwd)
    expect(stderr).toMatch(/the generator starts from that of vae in .*vae\/checkpoints\/000003\.safetensors/)
    expect(code).toBe(0)
    const [decoder, started] = [await newestState('vae'), await newestState('gan')]
    const kernel = 'generator/dense_1/kernel'
    for (const [index, value] of decoder[kernel]!.data.entries())
      expect(started[kernel]!.data[index]).toBeCloseTo(value as number, 6)
    // Three updates: the optimizer began anew.
    expect(Array.from(started['generator/adam/updates']!.data as Float32Array)).toEqual([3])
    const config = JSON.parse(await readFile(join(cwd, 'gan/config.json'), 'utf8'))
    expect(config.initFrom).toBe(join(cwd, 'vae'))
  })

  it('refuses a generator of another architecture with both shapes, and leaves no run behind', async () => {
    const { code, result } = await gantryJson(
      [...tiny('vanilla', 'hiddenUnits=9'), '--init-from', 'vae', '--out', 'wide'],
      cwd,
    )
    expect([code, result.error.code]).toEqual([2, 'INIT_MISMATCH'])
    expect(result.error.message).toMatch(/'dense_1\/kernel' is float32\[4,8\] there but float32\[4,9\] here/)
    expect(await readdir(cwd)).not.toContain('wide')
  })

  it('refuses a generator with other layers', async () => {
    const { result } = await gantryJson(
      [...tiny('vanilla', 'hiddenLayers=1'), '--init-from', 'vae', '--out', 'short'],
      cwd,
    )
    expect(result.error.message).toMatch(/'dense_3\/kernel' is float32\[8,2\] there but missing here/)
  })

  it('is for new runs, and needs a run', async () => {
    const resumed = await gantry([...tiny('vae'), '--out', 'vae', '--resume', '--init-from', 'vae'], cwd)
    expect([resumed.code, resumed.stderr]).toEqual([2, expect.stringMatching(/--init-from .*--resume/)])
    const missing = await gantry([...tiny('vanilla'), '--out', 'gone', '--init-from', 'nowhere'], cwd)
    expect([missing.code, missing.stderr]).toEqual([2, expect.stringMatching(/nowhere holds no run/)])
  })
})
