import '@tensorflow/tfjs-backend-cpu'
import { setBackend } from '@tensorflow/tfjs-core'
import { beforeAll, describe, expect, it } from 'vitest'
import { variants } from './registry.ts'
import { buildVariant, variantRequest } from './testing/fields.ts'

/** Small, and with an average of the weights, which some papers do not keep. */
const narrow = {
  ...{ hiddenUnits: 4, generatorWidth: 2, discriminatorWidth: 2, receptiveField: 16, residualBlocks: 1 },
  emaDecay: 0.9,
}

beforeAll(async () => {
  await setBackend('cpu')
})

describe('the parts of a model', () => {
  it.each(variants.map(({ name }) => name))('of %s name weights that it has, each with its average', (name) => {
    const { schema } = variants.find((variant) => variant.name === name)!
    const options = Object.fromEntries(Object.entries(narrow).filter(([option]) => option in schema.shape))
    const {
      parts = {},
      variables,
      dispose,
    } = buildVariant(name, { options, shape: [16, 16, 1], classes: 3, batchSize: 4 })
    const averages = Object.keys(variables).filter((own) => /^generatorEma\/.*\//.test(own))
    // What goes on with another run's generator has its average alone.
    const wanted = averages.length > 0 ? averages : Object.values(parts.generator!).map(({ trained }) => trained)
    expect(Object.values(parts.generator!).map(({ average }) => average)).toEqual(wanted)
    for (const [part, weights] of Object.entries(parts)) {
      for (const [weight, { trained, average, alike = [] }] of Object.entries(weights)) {
        expect(trained).toBe(`${part}/${weight}`)
        const shapes = [trained, ...(average === undefined ? [] : [average]), ...alike].map(
          (own) => variables[own]?.shape,
        )
        expect(new Set(shapes.map(String)).size, weight).toBe(1)
        expect(shapes[0], weight).toBeDefined()
      }
    }
    dispose()
  })

  it.each(variants.filter(({ schema }) => 'emaDecay' in schema.shape).map(({ name }) => name))(
    'of %s have no average where its decay is 0, in no stage',
    (name) => {
      const variant = variants.find((each) => each.name === name)!
      const small = { ...narrow, emaDecay: 0, pretrainSteps: 1, denseUnits: 2, perceptual: 'none' }
      const options = Object.fromEntries(Object.entries(small).filter(([option]) => option in variant.schema.shape))
      const request = variantRequest(name, { options, shape: [16, 16, 1], classes: 3, batchSize: 4 })
      const models = variant.stages?.(request).map(({ build }) => build) ?? [() => variant.build(request)]
      for (const build of models) {
        const { variables, parts = {}, dispose } = build()
        expect(Object.keys(variables).filter((own) => /Ema\//.test(own))).toEqual([])
        for (const weight of Object.values(parts.generator!)) expect(weight).not.toHaveProperty('average')
        dispose()
      }
    },
  )

  it('are the encoder, too, of autoencoders', () => {
    const { parts, dispose } = buildVariant('vae', { options: { hiddenUnits: 4 }, shape: [2], batchSize: 4 })
    expect(Object.keys(parts!)).toEqual(['generator', 'encoder'])
    expect(parts!.encoder!['dense_1/kernel']).toEqual({ trained: 'encoder/dense_1/kernel' })
    dispose()
  })

  it('begin historical averages where weights have one', () => {
    const options = { hiddenUnits: 4, historicalAveraging: 1, generatorNormalization: 'batch' }
    const { parts, variables, dispose } = buildVariant('vanilla', { options, shape: [2], batchSize: 4 })
    const history = 'generator/history/dense_1/kernel/average'
    expect(parts!.generator!['dense_1/kernel']!.alike).toEqual([history])
    expect(variables[history]).toBeDefined()
    // A running statistic is no weight that gradients move.
    expect(parts!.generator!['batch_normalization_1/moving_mean']).toEqual({
      trained: 'generator/batch_normalization_1/moving_mean',
      average: 'generatorEma/batch_normalization_1/moving_mean',
    })
    dispose()
  })
})
