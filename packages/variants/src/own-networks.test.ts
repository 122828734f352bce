import '@tensorflow/tfjs-backend-cpu'
import { ones, setBackend } from '@tensorflow/tfjs-core'
import { input, layers, model, sequential } from '@tensorflow/tfjs-layers'
import { beforeAll, describe, expect, it } from 'vitest'
import { generate } from './generate.ts'
import { judge } from './judge.ts'
import { ownDiscriminator, ownGenerator } from './own-networks.ts'

const mode = { training: true }

beforeAll(async () => {
  await setBackend('cpu')
})

describe('networks of your own', () => {
  it('make samples from noise, with weights by name', () => {
    const generator = ownGenerator(sequential({ layers: [layers.dense({ inputShape: [4], units: 2 })] }))
    expect(generate(generator, ones([3, 4]), undefined, mode).shape).toEqual([3, 2])
    expect(Object.keys(generator.weights)).toEqual(['dense_1/kernel', 'dense_1/bias'])
  })

  it('take labels where they have a second input', () => {
    const [noise, labels] = [input({ shape: [4] }), input({ shape: [3] })]
    const both = layers.concatenate().apply([noise, labels]) as typeof noise
    const output = layers.dense({ units: 2 }).apply(both) as typeof noise
    const generator = ownGenerator(model({ inputs: [noise, labels], outputs: output }))
    expect(generate(generator, ones([5, 4]), ones([5, 3]), mode).shape).toEqual([5, 2])
    expect(() => generate(generator, ones([5, 4]), undefined, mode)).toThrow(
      /generator needs 'labels' of shape \[batch,3\], but was given latent/,
    )
  })

  it('judge samples by logits and what is before them', () => {
    const discriminator = ownDiscriminator(
      sequential({
        layers: [
          layers.flatten({ inputShape: [4, 4, 1] }),
          layers.dense({ units: 7, activation: 'relu' }),
          layers.dense({ units: 1 }),
        ],
      }),
    )
    const { logits, features, heads } = judge(discriminator, ones([3, 4, 4, 1]), undefined, mode)
    expect([logits.shape, features.shape, heads]).toEqual([[3, 1], [3, 7], {}])
  })

  it('have features that are vectors, whatever they end in', () => {
    const convolution = layers.conv2d({ inputShape: [4, 4, 1], filters: 1, kernelSize: 4 })
    const discriminator = ownDiscriminator(sequential({ layers: [convolution, layers.flatten()] }))
    const { logits, features } = judge(discriminator, ones([3, 4, 4, 1]), undefined, mode)
    expect([logits.shape, features.shape]).toEqual([
      [3, 1],
      [3, 1],
    ])
  })

  it('are refused when they end in no logit, or in several', () => {
    const wide = sequential({ layers: [layers.dense({ inputShape: [2], units: 3 })] })
    expect(() => ownDiscriminator(wide)).toThrow(/ends in \[batch,3\].*one unit/)
    const samples = input({ shape: [2] })
    const ends = [1, 2].map((units) => layers.dense({ units }).apply(samples) as typeof samples)
    expect(() => ownGenerator(model({ inputs: samples, outputs: ends }))).toThrow(/has 2 outputs/)
  })
})
