import '@tensorflow/tfjs-backend-cpu'
import * as tf from '@tensorflow/tfjs-core'
import { beforeAll, describe, expect, it } from 'vitest'
import { generate } from '../generate.ts'
import { judge } from '../judge.ts'
import { batch, classes, latentSize, narrow, requestOf, seed, shapes } from '../testing/architecture-cases.ts'
import { samplesOf } from '../testing/fields.ts'
import type { ArchitectureRequest } from './architecture.ts'
import { type ArchitectureOptions, architectureOptions } from './architecture-options.ts'
import { architectures, findArchitecture } from './find-architecture.ts'
import { mlp } from './mlp.ts'
import { resnet } from './resnet.ts'

beforeAll(() => tf.setBackend('cpu'))

describe.each(architectures.map((architecture) => [architecture.name, architecture] as const))('%s', (name, own) => {
  const request = (options: Partial<ArchitectureOptions> = {}, seedOfRequest = seed): ArchitectureRequest => ({
    ...requestOf({ architecture: name, sampleShape: shapes[name], options: { ...narrow, ...options } }),
    seed: seedOfRequest,
  })
  const weightsOf = (...asked: Parameters<typeof request>) => {
    const networks = [own.generator(request(...asked)), own.discriminator(request(...asked))]
    const all = networks.flatMap(({ weights }) => Object.entries(weights))
    return all.map(([weight, variable]) => [weight, [...variable.dataSync()]] as const)
  }

  it('has equal names and weights in two builds from one seed, and other weights from another', () => {
    for (const initializer of ['architecture', 'orthogonal'] as const) {
      const options = { initializer, discriminatorNormalization: 'spectral', generatorNormalization: 'batch' } as const
      const [first, second, other] = [weightsOf(options), weightsOf(options), weightsOf(options, seed + 1)]
      expect(second).toEqual(first)
      expect(other.map(([weight]) => weight)).toEqual(first.map(([weight]) => weight))
      const changed = first.filter(([, values], index) => String(values) !== String(other[index]![1]))
      expect(changed.length).toBeGreaterThan(first.length / 3)
    }
  })

  it('names weights by kind and number', () => {
    const { trainable, weights } = own.discriminator(request({ discriminatorNormalization: 'spectral' }))
    const kind = name === 'mlp' ? 'spectral_dense' : 'spectral_conv2d'
    const ofFirst = ['kernel', 'bias', 'u', 'v'].map((weight) => `${kind}_1/${weight}`)
    expect(Object.keys(weights).slice(0, 4)).toEqual(ofFirst)
    expect(Object.keys(trainable).slice(0, 2)).toEqual(ofFirst.slice(0, 2))
    expect(Object.keys(trainable).filter((weight) => /\/[uv]$/.test(weight))).toEqual([])
  })

  it('leaves labels out when it is unconditional, and misses them when it is conditional', () => {
    const conditional = { ...request(), classes }
    const latent = tf.zeros([batch, latentSize])
    const labels = tf.zeros([batch, classes])
    const mode = { training: false }
    expect(generate(own.generator(request()), latent, labels, mode).shape).toEqual([batch, ...shapes[name]])
    expect(() => generate(own.generator(conditional), latent, undefined, mode)).toThrow(
      /generator needs 'labels' of shape \[batch,3\], but was given latent/,
    )
    const samples = tf.zeros([batch, ...shapes[name]])
    expect(() => judge(own.discriminator(conditional), samples, undefined, mode)).toThrow(
      /discriminator needs 'labels'/,
    )
  })

  it('refuses heads that are called as its own outputs are', () => {
    expect(() => own.discriminator({ ...request(), heads: { features: 2 } })).toThrow(
      expect.objectContaining({ code: 'HEAD_NAME_TAKEN', message: expect.stringContaining("'features'") }),
    )
  })

  it('refuses batches that cannot be packed or grouped', () => {
    const mode = { training: false }
    const samples = tf.zeros([3, ...shapes[name]])
    const packed = own.discriminator({ ...request(), packing: 2 })
    expect(() => judge(packed, samples, undefined, mode)).toThrow(/2 samples at a time, but the batch has 3/)
    const grouped = own.discriminator(request({ minibatchStandardDeviation: 2 }))
    expect(() => judge(grouped, samples, undefined, mode)).toThrow(/groups of 2 samples do not fill a batch of 3/)
    expect(() => own.discriminator(request({ minibatchStandardDeviation: 1 }))).toThrow(/no spread/)
  })

  it('begins with orthogonal kernels', () => {
    for (const [weight, variable] of Object.entries(
      own.discriminator(request({ initializer: 'orthogonal' })).weights,
    )) {
      if (!weight.endsWith('kernel')) continue
      const matrix = tf.reshape(variable, [-1, variable.shape.at(-1)!]) as tf.Tensor2D
      const wide = matrix.shape[0] < matrix.shape[1]
      const gram = tf.matMul(matrix, matrix, !wide, wide)
      expect(tf.max(tf.abs(tf.sub(gram, tf.eye(gram.shape[0])))).dataSync()[0], weight).toBeLessThan(1e-6)
    }
  })
})

it('refuses what an architecture cannot be', () => {
  const own = { options: architectureOptions.parse(narrow), latentSize, seed }
  expect(findArchitecture('auto', samplesOf([8, 8, 1])).name).toBe('dcgan')
  expect(findArchitecture('auto', samplesOf([2])).name).toBe('mlp')
  expect(() => findArchitecture('auto', { modality: 'tokens' })).toThrow(
    /makes samples of the modality tokens.*image, points/,
  )
  expect(() => findArchitecture('resnt', samplesOf([2]))).toThrow(/no architecture 'resnt'.*'?resnet/)
  expect(() => resnet.generator({ ...own, samples: samplesOf([30, 30, 3]) })).toThrow(/resnet doubles a map/)
  for (const player of ['generator', 'discriminator'] as const) {
    const options = { ...own.options, [`${player}Normalization`]: 'instance' as const }
    expect(() => mlp[player]({ ...own, options, samples: samplesOf([2]) })).toThrow(/no pixels/)
  }
})

it.each([28, 32, 40, 48, 56, 64, 96, 112, 128])('makes and judges %d pixels with a resnet', (size) => {
  const request = requestOf({
    architecture: 'resnet',
    sampleShape: [size, size, 3],
    options: { generatorWidth: 1, discriminatorWidth: 1, generatorNormalization: 'none' },
  })
  const samples = generate(resnet.generator(request), tf.zeros([1, latentSize]), undefined, { training: false })
  expect(samples.shape).toEqual([1, size, size, 3])
  expect(judge(resnet.discriminator(request), samples, undefined, { training: false }).logits.shape).toEqual([1, 1])
})
