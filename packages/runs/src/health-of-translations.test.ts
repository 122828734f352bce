import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { healthObserver } from '@gantry/diagnosis'
import { MemoryRecord, runConfigSchema, train } from '@gantry/training'
import { findVariant } from '@gantry/variants'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { openRun } from './open-run.ts'
import { writeImages } from './testing/images.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gantry-translations-'))
  await writeImages(join(folder, 'a'), 4)
  await writeImages(join(folder, 'b'), 4)
})
afterAll(() => rm(folder, { recursive: true, force: true }))

const game = { generatorWidth: 2, discriminatorWidth: 2 }
const patches = { ...game, receptiveField: 1 }
const enlarging = { ...game, factor: 2, residualBlocks: 1, denseUnits: 4, pretrainSteps: 1 }

/** What is read off two steps, at the second. */
async function readings(variant: string, data: string, options: Readonly<Record<string, unknown>>) {
  const config = runConfigSchema.parse({
    ...{ variant, data: data.replaceAll('IN', folder), dataOptions: { size: 8 }, batchSize: 2, steps: 2 },
    ...{ engine: 'tfjs', device: 'cpu', options: findVariant(variant).schema.parse(options) },
  })
  const { dataset, stages, dispose } = await openRun(config)
  try {
    const record = new MemoryRecord()
    const observers = [healthObserver({ every: 1, dataset, seed: 0, count: 4 })]
    await train({ dataset, stages, config, record, observers })
    const health = record.events.flatMap((event) => (event.type === 'health' ? [event.readings] : []))
    expect(health).toHaveLength(2)
    return health[1]!
  } finally {
    await dispose()
  }
}

const opinion = ['realOutput', 'fakeOutput', 'realAccuracy', 'fakeAccuracy', 'separation']
const samples = ['diversity', 'spacing', 'precision', 'coverage', 'neighbourAccuracy', 'movement']
const players = ['generatorGradientNorm', 'generatorWeightNorm', 'discriminatorGradientNorm', 'discriminatorWeightNorm']

it.each([
  ['pix2pix', 'paired:IN/a,IN/b', patches],
  ['cyclegan', 'unpaired:folder:IN/a,folder:IN/b', { ...patches, residualBlocks: 1 }],
  ['srgan', 'folder:IN/a', enlarging],
  ['esrgan', 'folder:IN/a', { ...enlarging, growth: 2 }],
])(
  'runs of %s, which makes images out of images, have every reading of their health',
  async (variant, data, options) => {
    const own = await readings(variant, data, options)
    expect(Object.keys(own)).toEqual(expect.arrayContaining([...opinion, ...samples, ...players]))
    for (const value of Object.values(own)) expect(value).toBeTypeOf('number')
    for (const name of [...samples.slice(0, 2), ...players]) expect(own[name], name).toBeGreaterThan(0)
    // What is made of the data's own is no copy of them.
    expect(own).not.toHaveProperty('copies')
  },
)
