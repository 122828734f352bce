import { existsSync } from 'node:fs'
import { cp, readdir, truncate } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { beforeAll, describe, expect, it } from 'vitest'
import { gantry, gantryJson, temporaryFolder } from './testing/gantry.ts'

const upscaler = fileURLToPath(new URL('../node_modules/@upscalerjs/esrgan-slim/models/x2', import.meta.url))

let cwd: string
beforeAll(async () => {
  cwd = await temporaryFolder()
})

async function expectRefusal(args: readonly string[], code: 1 | 2, message: RegExp) {
  const failed = await gantry(['export-tfjs', ...args, '--out', 'refused.onnx'], cwd)
  expect(failed.stderr).toMatch(message)
  expect(failed.stderr).not.toMatch(/unexpected|^\s+at /m)
  expect([failed.code, failed.stdout]).toEqual([code, ''])
  expect(existsSync(join(cwd, 'refused.onnx'))).toBe(false)
}

describe('gantry export-tfjs', () => {
  it('exports a model of an npm package, and says how far it is from TF.js', async () => {
    const { code, stdout, stderr } = await gantry(['export-tfjs', upscaler, '--out', 'x2.onnx', '--check'], cwd)
    expect([code, stderr]).toEqual([0, ''])
    expect(stdout).toContain('input                  LR float32[batch,height,width,3]')
    expect(stdout).toMatch(/nodes +35 \(12 Conv/)
    expect(stdout).toMatch(/differs from TF\.js by +\d\.\de-\d+ of the largest output, at batch 1, 3/)
    const { result } = await gantryJson(['inspect', 'x2.onnx'], cwd)
    expect(result).toMatchObject({ kind: 'model', producer: 'gantry' })
    expect(result.inputs).toEqual([{ name: 'LR', dtype: 'float32', shape: ['batch', 'height', 'width', 3] }])
  })

  it('takes lengths, a name and a batch size for the check', async () => {
    const args = ['export-tfjs', join(upscaler, 'model.json'), '--out', 'fixed.onnx', '--name', 'twice']
    const { code, result } = await gantryJson([...args, '--input', 'LR=n,16,20,3', '--check', '--batch', '2'], cwd)
    expect(code).toBe(0)
    expect(result.inputs).toEqual([{ name: 'LR', dtype: 'float32', shape: ['n', 16, 20, 3] }])
    expect(result.outputs[0].shape).toEqual(['n', 32, 40, 3])
    expect(result.check.batches).toEqual([2])
    expect(result.check.error).toBeLessThan(1e-5)
  })
})

describe('a TF.js model that cannot be exported', () => {
  beforeAll(async () => {
    await cp(upscaler, join(cwd, 'short'), { recursive: true })
    const shard = (await readdir(join(cwd, 'short'))).find((name) => name.endsWith('.bin'))!
    await truncate(join(cwd, 'short', shard), 1000)
  })

  it.each([
    [['absent'], 1, /Could not read absent/],
    [['short'], 1, /are 888300 bytes, but its files hold 1000/],
    [[upscaler, '--input', 'LR=batch,0,8,3'], 2, /--input needs name=length/],
    [[upscaler, '--input', 'LX=batch,8,8,3'], 1, /no input 'LX'.*Did you mean 'LR'\?/],
    [
      [upscaler, '--input', 'LR=batch,8,3'],
      1,
      /float32\[batch,8,3\] but the model takes float32\[batch,height,width,3\]/,
    ],
    [[upscaler, '--multiple', 'height'], 2, /--multiple needs the name of an open length/],
    [[upscaler, '--batch', '0'], 2, /--batch must be at least 1/],
    [[upscaler, '--layers', 'missing.mjs'], 2, /missing\.mjs cannot be used/],
  ] as const)('is refused: %j', async (args, code, message) => {
    await expectRefusal(args, code, message)
  })
})
