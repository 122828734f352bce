import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { decodeModel } from '@gantry/onnx'
import { beforeAll, expect, it } from 'vitest'
import { gantry, gantryJson, temporaryFolder } from './testing/gantry.ts'

const pickle = new URL('../../../packages/runs/src/testing/fixtures/stylegan2-ada/labelled.pkl.gz', import.meta.url)

let cwd: string
beforeAll(async () => {
  cwd = await temporaryFolder()
  await writeFile(join(cwd, 'network.pkl'), gunzipSync(await readFile(pickle)))
})

it('gantry import makes a run that is sampled, and says what it made', async () => {
  const { code, stdout, stderr } = await gantry(['import', 'stylegan2', 'network.pkl'], cwd)
  expect(code).toBe(0)
  expect(stdout).toMatch(
    /^stylegan2 of network\.pkl: images of 8×8×1 in 3 classes\n {2}run +runs\/stylegan2-labelled$/m,
  )
  expect(stdout).toMatch(/^ {2}generatorArchitecture +residual$/m)
  expect(stdout).toMatch(
    /^ {2}start from it +gantry train stylegan2 --config .* --init-from runs\/stylegan2-labelled$/m,
  )
  expect(stderr).toMatch(/noise is drawn for each picture/)
  const run = 'runs/stylegan2-labelled'
  const sampled = await gantry(['sample', run, '--count', '4', '--label', '2', '--set', 'truncation=0.7'], cwd)
  expect(sampled.stdout).toMatch(/^4 samples of stylegan2 on labelled \(weights of network\.pkl of stylegan2-ada-/)
  const { result } = await gantryJson(['inspect', 'network.pkl'], cwd)
  const shape = [5, 4, 4]
  expect(result.tensors).toContainEqual({ name: 'G_ema.synthesis.b4.const', dtype: 'float32', shape })
})

it('nobody says that networks of others were trained for 0 steps', async () => {
  const origin = 'network.pkl of stylegan2-ada-pytorch'
  const run = 'runs/stylegan2-labelled'
  const told = [
    ['inspect', run],
    ['export', run, '--out', 'again.onnx'],
    ['inspect', 'again.onnx'],
    ['report', run],
  ]
  for (const args of told) {
    const { stdout } = await gantry(args, cwd)
    const text = args[0] === 'report' ? await readFile(join(cwd, run, 'report.html'), 'utf8') : stdout
    expect([args, text]).toEqual([args, expect.stringContaining(origin)])
    expect(text).not.toMatch(/step 0|0 steps|unfinished|told nothing/)
  }
  const { documentation } = decodeModel(new Uint8Array(await readFile(join(cwd, 'again.onnx'))))
  expect(documentation).toMatch(/^StyleGAN2 with the weights of network\.pkl of stylegan2-ada-pytorch \(Karras/)
})

it('gantry import says what is wrong with a file', async () => {
  await writeFile(join(cwd, 'page.pkl'), '<html><body>Not found</body></html>')
  const { code, result } = await gantryJson(['import', 'stylegan2', 'page.pkl'], cwd)
  expect([code, result.error.code]).toEqual([1, 'WEIGHTS_INVALID'])
  expect(result.error.message).toMatch(/^page\.pkl: .*Was a web page saved/)
})
