import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { decodeSafetensors, encodeSafetensors, float32, type RunEventOf } from '@gantry/core'
import { describe, expect, it } from 'vitest'
import { readCheckpoint } from './checkpoint-file.ts'
import { readEvents } from './event-log.ts'
import { RunFolder } from './run-folder.ts'
import { hashState } from './state-hash.ts'
import { copyOfRun } from './testing/old-files.ts'
import { newRun, temporaryFolder, tinyConfig, trainTiny } from './testing/tiny-run.ts'
import { upgradedParts } from './upgrade-checkpoint.ts'

/** A run whose `config.json` is this text. */
async function runOf(content: object): Promise<string> {
  const path = await temporaryFolder()
  await writeFile(join(path, 'config.json'), JSON.stringify(content))
  return path
}

describe('config.json', () => {
  it('of version 1 had the size and channels of images as keys of their own', async () => {
    const { config, data } = await RunFolder.open(
      await runOf({ variant: 'dcgan', data: 'folder:x', size: 64, channels: 3 }),
    )
    expect(config).toMatchObject({ data: 'folder:x', dataOptions: { size: 64, channels: 3 }, bind: {} })
    expect(data).toBeUndefined()
    const plain = await RunFolder.open(await runOf({ variant: 'vanilla', data: 'ring8' }))
    expect(plain.config.dataOptions).toEqual({})
  })

  it('is written in version 2, which has no such keys', async () => {
    const run = await RunFolder.open(await copyOfRun('run-v1'))
    await run.reconfigure(run.config)
    const file = JSON.parse(await readFile(join(run.path, 'config.json'), 'utf8'))
    expect(file).toMatchObject({ configVersion: 2, variant: 'tiny', dataOptions: {}, versions: { gantry: '0.0.0' } })
    expect((await RunFolder.open(run.path)).config).toEqual(run.config)
    const mixed = await runOf({ ...file, size: 64 })
    await expect(RunFolder.open(mixed)).rejects.toMatchObject({ code: 'OPTION_UNKNOWN' })
  })

  it('may list an option that its variant took and ignored, at rest', async () => {
    const options = { packing: 1, pixelWeight: 10 }
    const run = await RunFolder.open(await runOf({ configVersion: 2, variant: 'pix2pix', data: 'folder:x', options }))
    expect(run.config.options).toEqual({ pixelWeight: 10 })
    const other = await RunFolder.open(await runOf({ configVersion: 2, variant: 'dcgan', data: 'folder:x', options }))
    expect(other.config.options).toEqual(options)
  })

  it('of a later version is refused', async () => {
    const path = await runOf({ configVersion: 3, variant: 'dcgan', data: 'mnist' })
    await expect(RunFolder.open(path)).rejects.toMatchObject({
      name: 'ConfigurationError',
      code: 'RUN_TOO_NEW',
      message: `${join(path, 'config.json')} is of version 3, but this Gantry knows versions 1 to 2. Use a newer Gantry.`,
    })
    expect(await RunFolder.isRun(path)).toBe(true)
  })
})

/** Writes a checkpoint again with other metadata. */
async function rewrite(path: string, change: Readonly<Record<string, string>>): Promise<void> {
  const { tensors, metadata } = decodeSafetensors(await readFile(path), path)
  await writeFile(path, encodeSafetensors({ tensors, metadata: { ...metadata, ...change } }))
}

describe('a checkpoint', () => {
  it('of version 1 has no version, stage or parts, and is read as one of a model of one stage', async () => {
    const run = await copyOfRun('run-v1')
    const path = join(run, 'checkpoints', '000010.safetensors')
    expect(decodeSafetensors(await readFile(path), path).metadata).not.toHaveProperty('checkpointVersion')
    const checkpoint = await readCheckpoint(path)
    expect(checkpoint).toMatchObject({ variant: 'tiny', seed: 0, position: { step: 10, phase: 0 } })
    expect(Object.keys(checkpoint).sort()).toEqual(['dataset', 'position', 'seed', 'state', 'variant'])
  })

  it('of version 1 gets the generator as a part: what has a moving average', async () => {
    const run = await RunFolder.open(await copyOfRun('ring-v1'))
    const { parts, state } = (await run.checkpoints.newest())!
    const names = ['dense_1', 'dense_2', 'dense_3'].flatMap((layer) => [`${layer}/bias`, `${layer}/kernel`])
    expect(Object.keys(parts!.generator!).sort()).toEqual(names)
    for (const [name, places] of Object.entries(parts!.generator!)) {
      expect(places).toEqual({ trained: `generator/${name}`, average: `generatorEma/${name}` })
      expect(state).toHaveProperty([places.trained])
    }
    const kernel = float32([1], [1])
    const slots = { 'generator/adam/dense/m': kernel, 'discriminator/dense': kernel, 'generatorEma/gone': kernel }
    expect(upgradedParts(slots)).toBeUndefined()
    const own = { ...slots, 'generator/dense': kernel, 'generatorEma/dense': kernel }
    expect(upgradedParts(own)).toEqual({
      generator: { dense: { trained: 'generator/dense', average: 'generatorEma/dense' } },
    })
  })

  it('of today says its version, stage, parts and frozen weights', async () => {
    const run = await newRun({ steps: 5 })
    const { state } = await trainTiny(run)
    const path = join(run.checkpoints.folder, '000005.safetensors')
    const { metadata } = decodeSafetensors(await readFile(path), path)
    expect(metadata).toMatchObject({ format: 'gantry-checkpoint', checkpointVersion: '2', sha256: hashState(state) })
    const parts = { generator: { kernel: { trained: 'kernel', average: 'ema' } } }
    expect(await readCheckpoint(path)).toMatchObject({ parts })
    await rewrite(path, { stage: 'small', frozen: '{"vgg/":"a1b2"}' })
    expect(await readCheckpoint(path)).toMatchObject({ parts, stage: 'small', frozen: { 'vgg/': 'a1b2' } })
  })

  it('of a later version is refused, and neither set aside as damaged nor passed over', async () => {
    const run = await newRun({ steps: 10 })
    await trainTiny(run)
    const path = join(run.checkpoints.folder, '000010.safetensors')
    await rewrite(path, { checkpointVersion: '3' })
    const refusal = {
      name: 'ModelFormatError',
      code: 'CHECKPOINT_TOO_NEW',
      message: `${path} is a checkpoint of version 3, but this Gantry knows versions 1 to 2. Use a newer Gantry.`,
    }
    await expect(readCheckpoint(path)).rejects.toMatchObject(refusal)
    await expect(trainTiny(await run.reconfigure(tinyConfig()))).rejects.toMatchObject(refusal)
    expect(await readdir(run.checkpoints.folder)).toEqual(['000005.safetensors', '000010.safetensors'])
  })
})

describe('events.jsonl', () => {
  const stepsOf = async (path: string) =>
    (await readEvents(path)).filter((event): event is RunEventOf<'step'> => event.type === 'step')

  it('of version 1 had imagesPerSecond, and is read as samplesPerSecond', async () => {
    const path = join(await copyOfRun('run-v1'), 'events.jsonl')
    expect(await readFile(path, 'utf8')).toContain('"imagesPerSecond":')
    const steps = await stepsOf(path)
    expect(steps[0]).toMatchObject({ step: 5, samplesPerSecond: 17308.69671139054 })
    for (const step of steps) expect(step).not.toHaveProperty('imagesPerSecond')
    expect((await readEvents(path))[0]).toMatchObject({ type: 'start', eventsVersion: 2 })
  })

  it('can hold attempts of both versions', async () => {
    const run = await RunFolder.open(await copyOfRun('run-v1'))
    await trainTiny(run)
    const steps = await stepsOf(run.eventsPath)
    expect(steps.map(({ step }) => step)).toEqual([5, 10, 15, 20])
    for (const { samplesPerSecond } of steps) expect(samplesPerSecond).toBeGreaterThan(0)
    const lines = (await readFile(run.eventsPath, 'utf8')).trimEnd().split('\n')
    const starts = lines.map((line) => JSON.parse(line)).filter(({ type }) => type === 'start')
    expect(starts.map(({ eventsVersion }) => eventsVersion)).toEqual([undefined, 2])
  })
})
