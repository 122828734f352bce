import '@tensorflow/tfjs-backend-cpu'
import { ndarray, pilBicubicTaps, RandomStream, resample } from '@gantry/core'
import {
  abs,
  add,
  grad,
  mean,
  mul,
  type Scalar,
  setBackend,
  sub,
  type Tensor,
  tensor,
  tidy,
} from '@tensorflow/tfjs-core'
import { beforeAll, describe, expect, it } from 'vitest'
import { bindFields } from '../bind-fields.ts'
import { esrgan } from '../esrgan/esrgan.ts'
import { esrganOptions } from '../esrgan/esrgan-options.ts'
import { rrdbNetwork } from '../esrgan/rrdb.ts'
import type { GanModel } from '../gan-model.ts'
import { BicubicEnlargement } from '../layers/bicubic-enlargement.ts'
import { PixelShuffle } from '../layers/pixel-shuffle.ts'
import type { Network } from '../network.ts'
import { srResnet } from '../srgan/sr-resnet.ts'
import { srgan } from '../srgan/srgan.ts'
import { srganOptions } from '../srgan/srgan-options.ts'
import { buildVariant, fieldsOf } from '../testing/fields.ts'
import { reduceImages } from './bicubic.ts'
import { perceptualNetwork } from './perceptual-network.ts'
import { vggDiscriminator } from './vgg-discriminator.ts'

beforeAll(() => setBackend('cpu'))

const numbersOf = (values: Tensor) => [...values.dataSync()]
const images = (shape: readonly number[], stream = 'images'): Tensor => {
  const numbers = new Float32Array(shape.reduce((product, length) => product * length))
  return tensor(new RandomStream(1, stream).fillNormal(numbers).map(Math.tanh), [...shape])
}
const countOf = ({ trainable }: Network) => Object.values(trainable).reduce((sum, { size }) => sum + size, 0)

/** Weights of a convolution with biases. */
const convolution = (side: number, inputs: number, filters: number) => side ** 2 * inputs * filters + filters

describe('the networks', () => {
  it('have as many weights as the papers’', () => {
    const options = { generatorWidth: 64, initializer: 'architecture', layerNoise: 0, factor: 4, skip: 'none' } as const
    const request = { channels: 3, seed: 1 }
    const resnet = srResnet({ ...request, options: { ...srganOptions.parse({}), ...options } })
    // Without biases before batch normalization, which has two numbers a channel; a slope a channel and PReLU.
    const block = 2 * (9 * 64 * 64 + 2 * 64) + 64
    const ups = 2 * (convolution(3, 64, 256) + 64)
    const all = convolution(9, 3, 64) + 64 + 16 * block + 9 * 64 * 64 + 2 * 64 + ups + convolution(9, 64, 3)
    expect(countOf(resnet)).toBe(all)
    expect(all / 1e6).toBeCloseTo(1.55, 2)
    resnet.dispose()

    // The authors' RRDBNet of 23 blocks has 16,697,987; one block fewer has 3 · 239,776 fewer.
    const rrdb = rrdbNetwork({ ...request, options: { ...esrganOptions.parse({ residualBlocks: 1 }), ...options } })
    expect(countOf(rrdb) + 22 * 3 * 239_808).toBe(16_697_987)
    rrdb.dispose()
  })

  it.each([
    ['srgan', srResnet, srganOptions.parse({ generatorWidth: 2, residualBlocks: 1 })],
    ['esrgan', rrdbNetwork, esrganOptions.parse({ generatorWidth: 2, residualBlocks: 1, growth: 2 })],
  ] as const)('of %s make images of any size larger', (_, make, options) => {
    for (const factor of [2, 4] as const) {
      const network = make({ options: { ...options, factor } as never, channels: 1, seed: 1 })
      const shapes = [
        [5, 7],
        [8, 4],
      ].map((size) => tidy(() => network.apply({ low: images([2, ...size, 1]) }, { training: false }).high!.shape))
      expect(shapes).toEqual([
        [2, 5 * factor, 7 * factor, 1],
        [2, 8 * factor, 4 * factor, 1],
      ])
      network.dispose()
    }
  })

  it('judge images of any size, and say it in one number', () => {
    const options = { ...srganOptions.parse({ discriminatorWidth: 2, denseUnits: 5 }) }
    const network = vggDiscriminator({ options, samples: [20, 12, 3], seed: 1 })
    const { logits, features } = network.apply({ samples: images([2, 20, 12, 3]) }, { training: false })
    expect([logits!.shape, features!.shape]).toEqual([
      [2, 1],
      [2, 5],
    ])
    network.dispose()
  })

  it('shuffle channels into pixels as equation 4 of Shi et al. has it', () => {
    const [given, factor, channels] = [images([1, 2, 3, 12]), 2, 3]
    const shuffled = new PixelShuffle({ factor }).apply(given) as Tensor
    expect(shuffled.shape).toEqual([1, 4, 6, 3])
    const [own, from] = [numbersOf(shuffled), numbersOf(given)]
    for (const [index, value] of own.entries()) {
      const [c, x, y] = [index % channels, Math.floor(index / channels) % 6, Math.floor(index / (channels * 6))]
      const channel = channels * factor * (y % factor) + channels * (x % factor) + c
      expect(value).toBe(from[(Math.floor(y / factor) * 3 + Math.floor(x / factor)) * 12 + channel])
    }
  })

  it.each([2, 4] as const)('begin at bicubic interpolation where their output is added to it, %i times', (factor) => {
    const given = images([2, 5, 7, 3])
    const plain = ndarray('float32', given.shape, given.dataSync() as Float32Array<ArrayBuffer>)
    const expected = resample(plain, [5 * factor, 7 * factor], pilBicubicTaps).data
    const enlarged = new BicubicEnlargement({ factor }).apply(given) as Tensor
    expect(enlarged.shape).toEqual([2, 5 * factor, 7 * factor, 3])
    for (const [index, value] of numbersOf(enlarged).entries()) expect(value).toBeCloseTo(expected[index]!, 5)

    const own = { generatorWidth: 2, residualBlocks: 1, factor, skip: 'bicubic' } as const
    const networks = [
      srResnet({ options: srganOptions.parse(own), channels: 3, seed: 1 }),
      rrdbNetwork({ options: esrganOptions.parse({ ...own, growth: 2 }), channels: 3, seed: 1 }),
    ]
    for (const network of networks) {
      const made = numbersOf(network.apply({ low: given }, { training: false }).high!)
      expect(Math.max(...made.map((value, index) => Math.abs(value - expected[index]!)))).toBeLessThan(0.02)
      network.dispose()
    }
  })

  it('refuse images that cannot be reduced', () => {
    expect(() => buildVariant('srgan', { shape: [30, 30, 3], batchSize: 1 })).toThrow(
      expect.objectContaining({
        code: 'SIZE_IMPOSSIBLE',
        message: expect.stringMatching(/30×30 pixels cannot be divided by 4.*--size 32/s),
      }),
    )
  })
})

describe('low resolution', () => {
  it.each([2, 4])('is what resampling makes of it, reduced %i times, within the range', (factor) => {
    const given = images([2, 8, 16, 3])
    const expected = resample(
      ndarray('float32', given.shape, given.dataSync() as Float32Array<ArrayBuffer>),
      [8 / factor, 16 / factor],
      pilBicubicTaps,
    )
    const reduced = reduceImages(given, factor)
    expect(reduced.shape).toEqual(expected.shape)
    for (const [index, value] of numbersOf(reduced).entries()) {
      expect(value).toBeCloseTo(Math.min(1, Math.max(-1, expected.data[index]!)), 5)
    }
  })
})

describe('a perceptual network of random convolutions', () => {
  const distance = (network: ReturnType<typeof perceptualNetwork>, target: Tensor) => (given: Tensor) =>
    mean(abs(sub(network.features(given), network.features(target)))) as Scalar

  it.each([1, 3])('has gradients that finite differences confirm, for %i channels', (channels) => {
    const network = perceptualNetwork({ network: 'random-conv', shape: [8, 8, channels], activated: false })
    const [given, target] = [images([1, 8, 8, channels]), images([1, 8, 8, channels], 'target')]
    const loss = distance(network, target)
    // Along the gradient itself, in float32: a step that is large beside rounding, and small beside the bends of the activations.
    const slope = grad(loss)(given)
    const length = Math.sqrt(numbersOf(slope).reduce((sum, value) => sum + value ** 2, 0))
    const moved = (step: number) => loss(add(given, mul(slope, step / length))).dataSync()[0]!
    expect(length).toBeGreaterThan(1e-3)
    expect((moved(1e-2) - moved(-1e-2)) / 2e-2 / length).toBeCloseTo(1, 2)
    network.dispose()
  })

  it('is the same each time, and is named in what checkpoints hold', () => {
    const model = buildVariant('esrgan', {
      ...{ shape: [16, 16, 3], batchSize: 2 },
      options: { generatorWidth: 2, residualBlocks: 1, growth: 2, discriminatorWidth: 2, denseUnits: 4 },
    })
    expect(model.frozen).toEqual({ 'perceptual/': 'random-conv of seed 2020' })
    const own = Object.entries(model.variables).filter(([name]) => name.startsWith('perceptual/'))
    expect(own).toHaveLength(8)
    expect(own.every(([, { trainable }]) => !trainable)).toBe(true)
    // Drawn once, and written down: other weights would be another network under the same name.
    expect(
      numbersOf(model.variables['perceptual/convolution_1/kernel']!)
        .slice(0, 3)
        .map((value) => value.toFixed(6)),
    ).toEqual(['-0.392867', '0.176070', '0.183711'])
    model.dispose()
  })

  it('refuses what it cannot look at', () => {
    const request = { network: 'random-conv', shape: [8, 8, 4], activated: true } as const
    expect(() => perceptualNetwork(request)).toThrow(/have 4 channels/)
    expect(perceptualNetwork({ ...request, network: 'none' }).frozen).toEqual({})
  })
})

describe('the stages', () => {
  const small = { generatorWidth: 2, residualBlocks: 1, discriminatorWidth: 2, denseUnits: 4 }
  const stagesOf = (options: Record<string, unknown>) =>
    srgan.stages!({
      options: srgan.schema.parse({ ...small, ...options }),
      fields: bindFields(srgan, fieldsOf([16, 16, 1])),
      ...{ batchSize: 2, seed: 1 },
    })

  it('share the generator, whose optimizer begins anew', () => {
    const stages = stagesOf({ pretrainSteps: 3, gradientAccumulation: 2, historicalAveraging: 0.1 })
    expect(stages.map(({ name, steps }) => [name, steps])).toEqual([
      ['pretrain', 3],
      ['game', undefined],
    ])
    const [pretrain, game] = stages.map(({ build }) => build()) as [GanModel, GanModel]
    expect(Object.keys(game.variables)).toEqual(expect.arrayContaining(Object.keys(pretrain.variables)))
    const anew = Object.keys(pretrain.variables).filter((name) => stages[1]!.startsAnew!(name))
    const weights = new Set(Object.values(pretrain.parts!.generator!).flatMap((own) => [own.trained, own.average!]))
    expect(anew.some((name) => weights.has(name) || name.startsWith('generator/history/'))).toBe(false)
    expect(new Set(anew.map((name) => name.split('/').slice(0, 2).join('/')))).toEqual(
      new Set(['generator/adam', 'generator/accumulated']),
    )
    for (const model of [pretrain, game]) {
      expect(model.functions.slice(0, 2).map(({ name }) => name)).toEqual(['enlarge', 'enlarge-raw'])
      model.dispose()
    }
  })

  it('are one without a pretraining', () => {
    expect(stagesOf({ pretrainSteps: 0 }).map(({ name, steps }) => [name, steps])).toEqual([['game', undefined]])
  })
})

describe('both games', () => {
  it('weigh what a generator minimises as their papers do', () => {
    expect(srgan.schema.parse({})).toMatchObject({ adversarialWeight: 1e-3, pixelWeight: 0, relativistic: false })
    expect(esrgan.schema.parse({})).toMatchObject({ adversarialWeight: 5e-3, pixelWeight: 1e-2, relativistic: true })
  })
})
