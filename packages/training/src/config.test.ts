import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { parseConfig } from './parse-config.ts'
import { runConfigSchema } from './run-config.ts'
import { RunFolder } from './run-folder.ts'
import { temporaryFolder, tinyConfig } from './testing/tiny-run.ts'

const base = { variant: 'vanilla', data: 'ring8' }
const parse = (changes: object) => parseConfig(runConfigSchema, { ...base, ...changes }, 'The run configuration')

describe('parseConfig', () => {
  it('fills in defaults', () => {
    expect(parse({})).toMatchObject({
      ...base,
      steps: 1000,
      batchSize: 64,
      engine: 'auto',
      sampleCount: 64,
      options: {},
    })
  })

  it.each([
    [{ batchsize: 8 }, "The run configuration has no key 'batchsize'. Did you mean 'batchSize'?"],
    [{ batchSize: 0 }, "The run configuration: 'batchSize' must be at least 1, not 0."],
    [{ steps: 1.5 }, "The run configuration: 'steps' must be of type int, not 1.5."],
    [{ seed: 'x' }, `The run configuration: 'seed' must be of type number, not "x".`],
    [{ engine: 'torch' }, `The run configuration: 'engine' must be one of: auto, onnxruntime, tfjs, not "torch".`],
    [{ channels: 2 }, "The run configuration: 'channels' must be one of: 1, 3, not 2."],
    [{ variant: undefined }, "The run configuration: 'variant' is missing; it must be of type string."],
    [{ data: '' }, `The run configuration: 'data' must be a text that is not empty, not "".`],
    [
      { steps: 0, seed: -1 },
      "The run configuration: 'steps' must be at least 1, not 0. The run configuration: 'seed' must be at least 0, not -1.",
    ],
  ])('explains %j', (changes, message) => {
    expect(() => parse(changes)).toThrow(expect.objectContaining({ name: 'ConfigurationError', exitCode: 2, message }))
  })

  it('finds the nearest key inside nested objects', () => {
    const schema = z.strictObject({ adam: z.strictObject({ learningRate: z.number() }).default({ learningRate: 1 }) })
    expect(() => parseConfig(schema, { adam: { learningRate: 1, lerningRate: 2 } }, 'Options')).toThrow(
      "Options: 'adam' has no key 'lerningRate'. Did you mean 'learningRate'?",
    )
    expect(() => parseConfig(schema, 3, 'Options')).toThrow('Options must be of type object, not 3.')
  })
})

describe('RunFolder', () => {
  it('writes the whole configuration with versions, and reads it back', async () => {
    const path = join(await temporaryFolder(), 'runs', 'first')
    const config = tinyConfig({ seed: 7, options: { loss: 'minimax' } })
    await RunFolder.create(path, config, { 'onnxruntime-node': '1.30.0' })
    const file = JSON.parse(await readFile(join(path, 'config.json'), 'utf8'))
    expect(file).toMatchObject({
      seed: 7,
      keepCheckpoints: 3,
      versions: { node: process.versions.node, 'onnxruntime-node': '1.30.0' },
    })
    const run = await RunFolder.open(path)
    expect(run.config).toEqual(config)
    expect(run.name).toBe('first')
    expect(await RunFolder.isRun(path)).toBe(true)
  })

  it('refuses a folder that holds something, and names the ways out', async () => {
    const path = await temporaryFolder()
    await RunFolder.create(path, tinyConfig())
    await expect(RunFolder.create(path, tinyConfig())).rejects.toMatchObject({
      name: 'ConfigurationError',
      code: 'RUN_EXISTS',
      message: expect.stringMatching(/--resume.*--out/),
    })
    const file = join(path, 'config.json')
    await expect(RunFolder.create(file, tinyConfig())).rejects.toMatchObject({ code: 'RUN_EXISTS' })
  })

  it('says what is wrong with a run that cannot be opened', async () => {
    const path = await temporaryFolder()
    await expect(RunFolder.open(path)).rejects.toMatchObject({ code: 'RUN_MISSING' })
    await mkdir(join(path, 'run'))
    await writeFile(join(path, 'run', 'config.json'), '{')
    await expect(RunFolder.open(join(path, 'run'))).rejects.toMatchObject({ code: 'RUN_INVALID' })
    await writeFile(join(path, 'run', 'config.json'), '{ "variant": "a", "data": "b", "stepz": 1 }')
    await expect(RunFolder.open(join(path, 'run'))).rejects.toMatchObject({
      message: expect.stringContaining("'steps'"),
    })
  })
})
