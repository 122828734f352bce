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
  ...{ factor: 2, generatorWidth: 2, residualBlocks: 1, growth: 2, discriminatorWidth: 2, denseUnits: 4 },
  pretrainSteps: 2,
}

/** Trains in a record to a step: what a new process does with a run that it finds there. */
async function trainTo(steps: number, record: MemoryRecord) {
  const run = { data: `folder:${images}`, dataOptions: { size: 16 }, batchSize: 2, variant: 'esrgan' }
  const engine = { engine: 'tfjs', device: 'cpu' }
  const often = { logEvery: 1, sampleEvery: 2, checkpointEvery: 1, keepCheckpoints: 9, sampleCount: 2 }
  const config = runConfigSchema.parse({
    ...run,
    ...engine,
    ...often,
    steps,
    options: findVariant('esrgan').schema.parse(options),
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
  const expected = await trainTo(4, whole)
  expect(expected).toMatchObject({ stage: 'game', frozen: { 'perceptual/': expect.stringContaining('seed 2020') } })
  const parted = new MemoryRecord()
  const stages: (string | undefined)[] = []
  for (const steps of [1, 2, 3]) stages.push((await trainTo(steps, parted)).stage)
  expect(stages).toEqual(['pretrain', 'pretrain', 'game'])
  expect((await trainTo(4, parted)).hash).toBe(expected.hash)

  const [pretrain, game] = [parted.checkpoints.at(0)!, parted.checkpoints.at(-1)!]
  expect([pretrain.frozen, game.frozen]).toEqual([undefined, expected.frozen])
  expect(Object.keys(game.state).some((name) => name.startsWith('perceptual/'))).toBe(false)
  // The small image, what became of it, and the true one.
  const { width, height } = await decodePng(whole.artefacts.get('samples/000004.png')!.bytes)
  expect([width, height]).toEqual([8 + 16 + 16 + 2 * 4, 2 * (16 + 2) + 2])
}, 60_000)
