import '@tensorflow/tfjs-backend-cpu'
import { createOnnxRuntimeInference, createOnnxRuntimeTraining } from '@gantry/backend-onnxruntime'
import { createTfjsTraining } from '@gantry/backend-tfjs'
import { compileModel, exportModel } from '@gantry/compiler'
import { type NDArray, ndarray, type Phase, RandomStream, sizeOfShape } from '@gantry/core'
import { setBackend } from '@tensorflow/tfjs-core'
import { beforeAll, describe, expect, it } from 'vitest'
import type { GanModel } from './gan-model.ts'
import { findVariant } from './registry.ts'

interface Case {
  readonly variant: string
  readonly sampleShape: readonly number[]
  readonly options: Record<string, unknown>
}

const narrow = { generatorWidth: 4, discriminatorWidth: 4 }

const cases: readonly Case[] = [
  { variant: 'vanilla', sampleShape: [2], options: { hiddenUnits: 16, loss: 'minimax' } },
  { variant: 'vanilla', sampleShape: [8, 8, 1], options: { hiddenUnits: 16 } },
  { variant: 'dcgan', sampleShape: [16, 16, 1], options: narrow },
  {
    variant: 'dcgan',
    sampleShape: [16, 16, 3],
    options: { ...narrow, discriminatorNormalization: 'none', realLabel: 0.9, kernelSize: 5 },
  },
  { variant: 'dcgan', sampleShape: [16, 16, 1], options: { ...narrow, update: 'simultaneous' } },
]

const batchSize = 8
const seed = 1

function build({ variant, sampleShape, options }: Case): GanModel {
  const definition = findVariant(variant)
  return definition.build({ options: definition.schema.parse(options), sampleShape, batchSize, seed })
}

function drawFeeds(phase: Phase<unknown>, step: number): Record<string, NDArray> {
  return Object.fromEntries(
    Object.entries(phase.feeds).map(([name, { shape }]) => {
      const random = new RandomStream(seed, `${phase.name}/${name}/${step}`)
      const numbers = random.fillNormal(new Float32Array(sizeOfShape(shape)))
      return [name, ndarray('float32', shape, name === 'samples' ? numbers.map(Math.tanh) : numbers)]
    }),
  )
}

/** Trains the same model on both engines, from the same weights and feeds. */
async function trainOnBoth(own: Case, steps: number) {
  const model = build(own)
  const compiled = await compileModel(model)
  const eager = await createTfjsTraining({ backend: 'cpu' }).prepare(model)
  const recorded = await createOnnxRuntimeTraining({ device: 'cpu', threads: 1 }).prepare(compiled)
  const scalars: { name: string; eager: number; recorded: number }[] = []
  for (let step = 0; step < steps; step++) {
    for (const phase of model.phases) {
      const feeds = drawFeeds(phase, step)
      const [left, right] = [await eager.run(phase.name, feeds), await recorded.run(phase.name, feeds)]
      expect(Object.keys(left)).toEqual(Object.keys(right))
      for (const name of Object.keys(left))
        scalars.push({ name: `${phase.name}/${name} at step ${step}`, eager: left[name]!, recorded: right[name]! })
    }
  }
  return { model, eager, recorded, scalars }
}

/** ‖a - b‖ / ‖b‖, over everything that starts with the prefix. */
function weightError(
  left: Readonly<Record<string, NDArray>>,
  right: Readonly<Record<string, NDArray>>,
  prefix: string,
): number {
  let [difference, norm] = [0, 0]
  for (const name of Object.keys(right)) {
    if (!name.startsWith(prefix)) continue
    const [own, other] = [left[name]!.data as Float32Array, right[name]!.data as Float32Array]
    for (const [index, value] of other.entries()) {
      difference += (own[index]! - value) ** 2
      norm += value ** 2
    }
  }
  return Math.sqrt(difference / norm)
}

beforeAll(async () => {
  await setBackend('cpu')
})

describe.each(cases)('$variant of $sampleShape with $options', (own) => {
  it.each([
    // One more ulp in a weight moves this trajectory by 1e-3 at 0.02, and by less than 1e-7 at 0.005.
    ['sgd', 20, 0.005],
    ['adam', 5, 2e-4],
    ['rmsprop', 5, 2e-4],
  ] as const)('trains alike on TF.js and on ONNX Runtime with %s', async (optimizer, steps, learningRate) => {
    const { model, eager, recorded, scalars } = await trainOnBoth(
      { ...own, options: { ...own.options, optimizer, learningRate } },
      steps,
    )
    for (const { name, eager: left, recorded: right } of scalars) {
      expect(Math.abs(left - right), name).toBeLessThanOrEqual(1e-4 * Math.abs(left))
    }
    const [left, right] = [await recorded.readState(), await eager.readState()]
    expect(Object.keys(left).sort()).toEqual(Object.keys(right).sort())
    for (const prefix of ['generator/', 'discriminator/', 'generatorEma/']) {
      expect(weightError(left, right, prefix), prefix).toBeLessThanOrEqual(1e-4)
    }
    await Promise.all([eager.dispose(), recorded.dispose()])
    model.dispose()
  })

  it('exports a generator that draws what the trainer draws', async () => {
    const { model, eager, recorded } = await trainOnBoth(own, 3)
    await eager.writeState(await recorded.readState())
    for (const fn of model.functions) {
      const inputs = fn.feeds
      const exported = await createOnnxRuntimeInference({ device: 'cpu', threads: 1 }).load(
        await exportModel(fn.program, { inputs }),
      )
      for (const batch of [1, 7, 64]) {
        const noise = new RandomStream(seed, `noise/${batch}`).fillNormal(new Float32Array(batch * model.latent.size))
        const latent = ndarray('float32', [batch, model.latent.size], noise)
        const { samples } = await exported.run({ latent })
        const { samples: trained } = await recorded.evaluate(fn.name, { latent })
        expect(samples!.shape).toEqual([batch, ...own.sampleShape])
        for (const [index, value] of (samples!.data as Float32Array).entries()) {
          expect(Math.abs(value - (trained!.data[index] as number))).toBeLessThanOrEqual(1e-5)
        }
      }
      await exported.dispose()
    }
    await Promise.all([eager.dispose(), recorded.dispose()])
    model.dispose()
  })
})
