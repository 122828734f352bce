import '@tensorflow/tfjs-backend-cpu'
import { RandomStream } from '@gantry/core'
import { image, scalar, setBackend, type Tensor, type Tensor4D, tensor, type Variable } from '@tensorflow/tfjs-core'
import { beforeAll, describe, expect, it } from 'vitest'
import { bindFields } from '../bind-fields.ts'
import type { GanModel } from '../gan-model.ts'
import { fieldsOf } from '../testing/fields.ts'
import { GrowingLayers } from './growing-layers.ts'
import { progan } from './progan.ts'
import { growthStages } from './stage-sizes.ts'

beforeAll(() => setBackend('cpu'))

const narrow = { channelBase: 32, channelMax: 4, latentSize: 3, minibatchStandardDeviation: 2 }
const few = { stageSizes: undefined, fadeImages: 20, stableImages: 10 }

function stagesOf(options: Record<string, unknown>, size = 8) {
  return progan.stages!({
    options: progan.schema.parse({ ...narrow, fadeImages: 20, stableImages: 10, ...options }),
    fields: bindFields(progan, fieldsOf([size, size, 1])),
    ...{ batchSize: 4, seed: 1 },
  })
}

const plan = (options: Record<string, unknown>, size?: number) =>
  stagesOf(options, size).map(({ name, steps }) => [name, steps])

describe('the stages', () => {
  it('are all doublings up to the size of the data, each of which fades in and then is trained', () => {
    expect(plan({}, 16)).toEqual([
      ['4x4', 3],
      ['8x8-fade-in', 5],
      ['8x8', 3],
      ['16x16-fade-in', 5],
      ['16x16', undefined],
    ])
    expect(plan({}, 4)).toEqual([['4x4', undefined]])
  })

  it('are those that are asked for', () => {
    expect(plan({ stageSizes: [8, 32] }, 32)).toEqual([
      ['8x8', 3],
      ['32x32-fade-in', 5],
      ['32x32', undefined],
    ])
    expect(plan({ fadeImages: 0 })).toEqual([
      ['4x4', 3],
      ['8x8', undefined],
    ])
  })

  it.each([
    [[4, 8], 'the last stage has 8×8 pixels, but the images of the data 32×32', '4,8,32'],
    [[4, 64], 'the last stage has 64×64 pixels, but the images of the data 32×32', '4,32'],
    [[4, 12, 32], '12 is no power of two from 4 on', '4,16,32'],
    [[2, 32], '2 is no power of two from 4 on', '4,32'],
    [[16, 8, 32], '8 is not larger than the stage before it', '8,16,32'],
  ])('%j are refused', (stageSizes, problem, nearest) => {
    expect(() => growthStages({ ...few, stageSizes }, [32, 32, 3], 4)).toThrow(
      expect.objectContaining({
        code: 'STAGE_SIZES_INVALID',
        problem: `stageSizes ${stageSizes.join(', ')}: ${problem}.`,
        fix: `Use --set stageSizes=${nearest}, or leave it out for 4, 8, 16, 32.`,
      }),
    )
  })

  it.each([
    [[28, 28, 1], '28×28', 32],
    [[96, 96, 3], '96×96', 128],
    [[64, 32, 3], '64×32', 64],
    [[2, 2, 3], '2×2', 4],
  ])('are none for images of %j, and the nearest size is named', (shape, pixels, nearest) => {
    expect(() => growthStages(few, shape, 4)).toThrow(
      expect.objectContaining({
        code: 'SIZE_IMPOSSIBLE',
        problem: expect.stringContaining(`the data have ${pixels} pixels`),
        fix: `Use --size ${nearest}.`,
      }),
    )
  })

  it('refuse a group of samples that does not divide the batch', () => {
    expect(() => stagesOf({ minibatchStandardDeviation: 3 })[0]!.build()).toThrow(/minibatchStandardDeviation 3/)
  })

  it('share what both have, but for optimizers and the counter', () => {
    const stages = stagesOf({ gradientAccumulation: 2 })
    const models = stages.map(({ build }) => build())
    const namesOf = ({ variables }: GanModel) => Object.keys(variables)
    const [four, fade, eight] = models.map(namesOf) as [string[], string[], string[]]
    expect(fade).toEqual(expect.arrayContaining([...four, 'fade/steps']))
    // What showed the size before is gone once the new one is in.
    const gone = fade.filter((name) => !eight.includes(name))
    expect(new Set(gone.filter((name) => !name.includes('/adam/') && !name.includes('/accumulated/')))).toEqual(
      new Set([
        ...['kernel', 'bias'].flatMap((weight) => [
          `generator/4x4/to_image/${weight}`,
          `generatorEma/4x4/to_image/${weight}`,
          `discriminator/4x4/from_image/${weight}`,
        ]),
        'fade/steps',
      ]),
    )
    expect(eight.every((name) => fade.includes(name))).toBe(true)
    const anew = fade.filter((name) => stages[1]!.startsAnew!(name))
    expect(new Set(anew.map((name) => name.split('/').slice(0, 2).join('/')))).toEqual(
      new Set([
        'fade/steps',
        ...['adam', 'accumulated'].flatMap((own) => [`generator/${own}`, `discriminator/${own}`]),
      ]),
    )
    expect(models.map(({ phases }) => phases.map(({ name }) => name))).toEqual([
      ['discriminator', 'generator', 'update'],
      ['discriminator', 'generator', 'update', 'fade'],
      ['discriminator', 'generator', 'update'],
    ])
    for (const model of models) model.dispose()
  })
})

describe('growth', () => {
  const latent = tensor(new RandomStream(1, 'latent').fillNormal(new Float32Array(6)), [2, 3])
  const drawnBy = (model: GanModel) => model.functions[0]!.program({ latent }).samples as Tensor4D
  const numbers = (values: Tensor) => [...values.dataSync()]
  const near = (actual: Tensor, expected: Tensor) => {
    expect(actual.shape).toEqual(expected.shape)
    const wanted = numbers(expected)
    for (const [index, value] of numbers(actual).entries()) expect(value).toBeCloseTo(wanted[index]!, 5)
  }

  it('begins where the size before has ended, and ends where the next goes on', () => {
    // Equal seeds give the layers of one name equal weights in every stage.
    const [four, fade, eight] = stagesOf({}).map(({ build }) => build()) as [GanModel, GanModel, GanModel]
    const steps = fade.variables['fade/steps'] as Variable
    near(drawnBy(fade), image.resizeNearestNeighbor(drawnBy(four), [8, 8]))
    steps.assign(scalar(5))
    near(drawnBy(fade), drawnBy(eight))
    const port = (model: GanModel) => model.functions[0]!.outputs.samples!
    expect([four, fade, eight].map((model) => [port(model).shape, port(model).reduced])).toEqual([
      [[4, 4, 1], 2],
      [[8, 8, 1], undefined],
      [[8, 8, 1], undefined],
    ])
    for (const model of [four, fade, eight]) model.dispose()
  })

  it('has the channels of table 2', () => {
    const { channelBase, channelMax } = progan.schema.parse({})
    const options = { ...narrow, channelBase, channelMax }
    const layers = new GrowingLayers('generator', { options, channels: 3, size: 1024, seed: 1 })
    expect(layers.sizes.map((size) => layers.channelsAt(size))).toEqual([512, 512, 512, 512, 256, 128, 64, 32, 16])
  })
})
