import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pointsField } from '@gantry/core'
import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { readCheckpoint } from './checkpoint-file.ts'
import { RunFolder } from './run-folder.ts'
import { newRun, temporaryFolder, tinyConfig, trainTiny } from './testing/tiny-run.ts'

describe('RunFolder', () => {
  it('writes the whole configuration with versions, and reads it back', async () => {
    const path = join(await temporaryFolder(), 'runs', 'first')
    const config = tinyConfig({ seed: 7, options: { loss: 'minimax' } })
    await RunFolder.create(path, { config, versions: { 'onnxruntime-node': '1.30.0' } })
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
    await RunFolder.create(path, { config: tinyConfig() })
    await expect(RunFolder.create(path, { config: tinyConfig() })).rejects.toMatchObject({
      name: 'ConfigurationError',
      code: 'RUN_EXISTS',
      message: expect.stringMatching(/--resume.*--out/),
    })
    const file = join(path, 'config.json')
    await expect(RunFolder.create(file, { config: tinyConfig() })).rejects.toMatchObject({ code: 'RUN_EXISTS' })
    // There is nothing to go on with in a folder of something else.
    await expect(RunFolder.create(join(path, '..'), { config: tinyConfig() })).rejects.toMatchObject({
      code: 'RUN_EXISTS',
      message: expect.stringMatching(/exists and is no run\. Choose another folder with '--out'\.$/),
    })
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

  it('holds the log as JSON lines, the newest checkpoints and the grids of a run', async () => {
    const run = await newRun({ steps: 20, keepCheckpoints: 2 })
    const { state } = await trainTiny(run)
    const lines = (await readFile(run.eventsPath, 'utf8')).trimEnd().split('\n')
    const types = lines.map((line) => JSON.parse(line).type)
    expect(types.slice(0, 4)).toEqual(['start', 'step', 'checkpoint', 'step'])
    expect(types.slice(-4)).toEqual(['step', 'sample', 'checkpoint', 'end'])
    expect(await readdir(run.checkpoints.folder)).toEqual(['000015.safetensors', '000020.safetensors'])
    const checkpoint = await readCheckpoint(join(run.checkpoints.folder, '000020.safetensors'))
    expect(checkpoint).toMatchObject({ variant: 'tiny', dataset: 'tiny-points', seed: 0, state })
    expect(await readdir(join(run.path, 'samples'))).toEqual(['000010.png', '000020.png'])
    expect(await sharp(run.samplePath(20)).metadata()).toMatchObject({ width: 480, height: 480, channels: 3 })
  })

  it('writes artefacts under any name, in folders that it makes', async () => {
    const run = await newRun()
    const path = await run.write('scores/deep/000010', { extension: 'txt', bytes: Uint8Array.of(65, 66) })
    expect(path).toBe(join(run.path, 'scores', 'deep', '000010.txt'))
    expect(await readFile(path, 'utf8')).toBe('AB')
  })

  it('keeps what it knows of the data, also when other keys change', async () => {
    const path = join(await temporaryFolder(), 'run')
    const data = { name: 'ring8', size: 10, fields: { points: pointsField([2]) }, binding: { samples: 'points' } }
    const made = await RunFolder.create(path, { config: tinyConfig({ dataOptions: { size: 32 } }), data })
    await made.reconfigure(tinyConfig({ steps: 40, dataOptions: { size: 32 } }))
    const { config, data: kept } = await RunFolder.open(path)
    expect([config.steps, config.dataOptions, kept]).toEqual([40, { size: 32 }, data])
    expect(config.data).toBe('tiny')
  })
})
