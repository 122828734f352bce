import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { decodePng } from '@gantry/modalities'
import { MemoryRecord, runConfigSchema, train, usualObservers } from '@gantry/training'
import { findVariant } from '@gantry/variants'
import { beforeAll, expect, it } from 'vitest'
import { openRun } from './open-run.ts'
import { hashState } from './state-hash.ts'
import { writeImages } from './testing/images.ts'

let images: string
beforeAll(async () => {
  images = join(await mkdtemp(join(tmpdir(), 'gantry-stages-')), 'images')
  await writeImages(images, 4)
})

const options = {
  esrgan: {
    ...{ factor: 2, generatorWidth: 2, residualBlocks: 1, growth: 2, discriminatorWidth: 2, denseUnits: 4 },
    pretrainSteps: 2,
  },
  // A step of 4×4 pixels, two in which 16×16 fades in, and the rest.
  progan: {
    ...{ channelBase: 32, channelMax: 4, latentSize: 3, minibatchStandardDeviation: 2 },
    ...{ stageSizes: [4, 16], stableImages: 2, fadeImages: 4 },
  },
}

/** Trains in a record to a step: what a new process does with a run that it finds there. */
async function trainTo(variant: keyof typeof options, steps: number, record: MemoryRecord) {
  const run = { data: `folder:${images}`, dataOptions: { size: 16 }, batchSize: 2, variant }
  const engine = { engine: 'tfjs', device: 'cpu' }
  const often = { logEvery: 1, sampleEvery: 2, checkpointEvery: 1, keepCheckpoints: 9, sampleCount: 2 }
  const config = runConfigSchema.parse({
    ...run,
    ...engine,
    ...often,
    steps,
    options: findVariant(variant).schema.parse(options[variant]),
  })
  const { dataset, stages, dispose } = await openRun(config)
  try {
    const outcome = await train({ dataset, stages, config, record, observers: usualObservers({ dataset, config }) })
    const { model, session } = await stages.find(({ name }) => name === outcome.stage)!.open()
    return { stage: outcome.stage, frozen: model.frozen, hash: hashState(await session.readState()) }
  } finally {
    await dispose()
  }
}

it('a run of two stages with a frozen network goes on to the bit, on either side of the border and at it', async () => {
  const whole = new MemoryRecord()
  const expected = await trainTo('esrgan', 4, whole)
  expect(expected).toMatchObject({ stage: 'game', frozen: { 'perceptual/': expect.stringContaining('seed 2020') } })
  const parted = new MemoryRecord()
  const stages: (string | undefined)[] = []
  for (const steps of [1, 2, 3]) stages.push((await trainTo('esrgan', steps, parted)).stage)
  expect(stages).toEqual(['pretrain', 'pretrain', 'game'])
  expect((await trainTo('esrgan', 4, parted)).hash).toBe(expected.hash)

  const [pretrain, game] = [parted.checkpoints.at(0)!, parted.checkpoints.at(-1)!]
  expect([pretrain.frozen, game.frozen]).toEqual([undefined, expected.frozen])
  expect(Object.keys(game.state).some((name) => name.startsWith('perceptual/'))).toBe(false)
  // The small image, what became of it, and the true one.
  const { width, height } = await decodePng(whole.artefacts.get('samples/000004.png')!.bytes)
  expect([width, height]).toEqual([8 + 16 + 16 + 2 * 4, 2 * (16 + 2) + 2])
}, 60_000)

it('a run that grows goes on to the bit, within a fade-in and across both borders', async () => {
  const [whole, parted] = [new MemoryRecord(), new MemoryRecord()]
  const expected = await trainTo('progan', 5, whole)
  expect(expected.stage).toBe('16x16')
  const stages: (string | undefined)[] = []
  for (const steps of [1, 2, 3, 4]) stages.push((await trainTo('progan', steps, parted)).stage)
  expect(stages).toEqual(['4x4', '16x16-fade-in', '16x16-fade-in', '16x16'])
  expect((await trainTo('progan', 5, parted)).hash).toBe(expected.hash)
  const shares = whole.events.flatMap((event) => (event.type === 'step' ? [event.scalars.fadedIn] : []))
  expect(shares).toEqual([undefined, 0.5, 1, undefined, undefined])
  const prepared = whole.events.flatMap((event) => (event.type === 'stage' ? [event.secondsToPrepare] : []))
  expect(prepared.map((seconds) => seconds! > 0)).toEqual([true, true, true])
  // Two samples side by side, as large as those of the stage.
  const first = parted.artefacts.get('samples/000001.png')!
  expect((await decodePng(first.bytes)).width).toBe(2 * (4 + 2) + 2)
  expect((await decodePng(whole.artefacts.get('samples/000005.png')!.bytes)).width).toBe(2 * (16 + 2) + 2)
}, 60_000)
