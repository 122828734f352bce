import {
  type Batch,
  type Dataset,
  drawnPort,
  imageField,
  ndarray,
  type Ports,
  portOf,
  RandomStream,
} from '@gantry/core'
import { MemoryRecord, type Moment } from '@gantry/training'
import { expect, it } from 'vitest'
import { healthObserver } from './health-observer.ts'

const SHAPE = [4, 4, 1]
const LENGTH = 16
const image = { ...imageField(SHAPE), field: 'image' }

/** Noise, whose pictures have nothing in common. */
const noise: Dataset = {
  ...{ specificationVersion: 2, name: 'noise', size: 64, fields: { image: imageField(SHAPE) } },
  description: { source: 'made here', licence: 'none', skipped: [] },
  async *batches({ batchSize }): AsyncGenerator<Batch> {
    while (true) yield { image: pictures(batchSize) }
  },
}

function pictures(count: number) {
  const values = new Float32Array(count * LENGTH)
  new RandomStream(0, 'pictures').fill('uniform', values)
  return ndarray('float32', [count, ...SHAPE], values)
}

/** What is told over twelve looks of a function whose samples are those of the data, which a discriminator cannot tell apart. */
async function toldOf(inputs: Ports) {
  const make = { name: 'make', weights: 'ema' as const, inputs, outputs: { image: portOf(image) }, program: undefined }
  const logits = { modality: 'number', dtype: 'float32', shape: [] } as const
  const discriminate = { ...make, name: 'discriminate', inputs: { samples: portOf(image) }, outputs: { logits } }
  const observer = healthObserver({ every: 1, dataset: noise, seed: 0, count: 32 })
  const events = []
  for (let step = 1; step <= 12; step++) {
    const moment: Moment = {
      ...{ step, steps: 12, stageFrom: 0, scalars: {}, secondsElapsed: 1, samplesPerSecond: 1 },
      model: { name: 'copying', phases: [], shown: ['make'], functions: [make, discriminate] },
      readState: async () => ({}),
      evaluate: async (name, given) => {
        const count = Object.values(given)[0]!.shape[0]!
        if (name === 'make') return { image: pictures(count) }
        return {
          logits: ndarray(
            'float32',
            [count],
            Float32Array.from({ length: count }, (_, row) => row % 2),
          ),
        }
      },
    }
    const report = await observer.look(moment)
    events.push(...(await report!(new MemoryRecord())))
  }
  return events.flatMap((event) => (event.type === 'verdict' ? [event.verdict] : []))
}

it('tells of a generator that copies the data, and not of one that is given them', async () => {
  const latent = drawnPort('latent', [2], 'normal')
  expect(await toldOf({ latent })).toEqual(['memorisation'])
  expect(await toldOf({ low: portOf(image) })).toEqual([])
})

it('compares samples that are smaller than the data with the data at their size, and anew where they grow', async () => {
  const observer = healthObserver({ every: 1, dataset: noise, seed: 0, count: 16 })
  const readings = []
  for (const side of [2, 2, 4]) {
    const output = { ...portOf(image), shape: [side, side, 1], reduced: 4 / side }
    const inputs = { latent: drawnPort('latent', [2], 'normal') }
    const fn = { ...{ name: 'make', weights: 'ema' as const, inputs }, outputs: { image: output }, program: undefined }
    const report = await observer.look({
      ...{ step: 1, steps: 3, stageFrom: 0, scalars: {}, secondsElapsed: 1, samplesPerSecond: 1 },
      model: { name: 'growing', phases: [], shown: ['make'], functions: [fn] },
      readState: async () => ({}),
      evaluate: async () => ({ image: ndarray('float32', [16, side, side, 1], new Float32Array(16 * side * side)) }),
    })
    const events = await report!(new MemoryRecord())
    readings.push(events.flatMap((event) => (event.type === 'health' ? [event.readings] : []))[0]!)
  }
  for (const own of readings) for (const value of Object.values(own)) expect(value).not.toBeNaN()
  expect(readings.map((own) => 'movement' in own)).toEqual([false, true, false])
})

it('asks the discriminator about held-out samples, and counts how often the data were seen', async () => {
  const dark: Dataset = {
    ...noise,
    async *batches({ batchSize }): AsyncGenerator<Batch> {
      while (true) yield { image: ndarray('float32', [batchSize, ...SHAPE], new Float32Array(batchSize * LENGTH)) }
    },
  }
  const observer = healthObserver({ every: 1, dataset: noise, seed: 0, count: 16, batchSize: 32, heldOut: dark })
  const logits = { modality: 'number', dtype: 'float32', shape: [] } as const
  const inputs = { latent: drawnPort('latent', [2], 'normal') }
  const make = {
    ...{ name: 'make', weights: 'ema' as const, inputs },
    outputs: { image: portOf(image) },
    program: undefined,
  }
  const discriminate = { ...make, name: 'discriminate', inputs: { samples: portOf(image) }, outputs: { logits } }
  const report = await observer.look({
    ...{ step: 7, steps: 9, stageFrom: 0, scalars: {}, secondsElapsed: 1, samplesPerSecond: 1 },
    model: { name: 'judging', phases: [], shown: ['make'], functions: [make, discriminate] },
    readState: async () => ({}),
    // 4 for pictures of the data, 3 for dark ones, 0 for those that are made: all of one grey.
    evaluate: async (name, given) => {
      const { samples, latent } = given
      if (name === 'make') {
        const count = latent!.shape[0]!
        return { image: ndarray('float32', [count, ...SHAPE], new Float32Array(count * LENGTH).fill(0.5)) }
      }
      const [count, data] = [samples!.shape[0]!, samples!.data as Float32Array]
      const rate = (row: number) => (data[row * LENGTH] === 0.5 ? 0 : data[row * LENGTH] === 0 ? 3 : 4)
      return {
        logits: ndarray(
          'float32',
          [count],
          Float32Array.from({ length: count }, (_, row) => rate(row)),
        ),
      }
    },
  })
  const [health] = (await report!(new MemoryRecord())).flatMap((event) =>
    event.type === 'health' ? [event.readings] : [],
  )
  expect(health).toMatchObject({ epochs: 3.5, realOutput: 4, fakeOutput: 0, heldOutOutput: 3, overfitting: 0.25 })
})
