import { decodeModel } from '@gantry/onnx'
import * as tf from '@tensorflow/tfjs-core'
import * as layers from '@tensorflow/tfjs-layers'
import { beforeEach, describe, expect, it } from 'vitest'
import { drawFeeds, expectSame, relativeDifference, runEagerly, runExported } from '../testing/compare.ts'
import { exportModel } from './export-model.ts'

beforeEach(async () => {
  await tf.setBackend('cpu')
})

/** A small image classifier with everything that usually stands in one. */
function classifier(): layers.LayersModel {
  const input = layers.input({ shape: [12, 12, 3], name: 'picture' })
  const convolved = layers.layers
    .conv2d({ filters: 4, kernelSize: 3, padding: 'same', activation: 'relu' })
    .apply(input)
  const normalized = layers.layers.batchNormalization().apply(convolved)
  const deep = layers.layers.separableConv2d({ filters: 6, kernelSize: 3, padding: 'same' }).apply(normalized)
  const pooled = layers.layers.maxPooling2d({ poolSize: 2 }).apply(deep)
  const large = layers.layers.upSampling2d({ size: [2, 2] }).apply(pooled)
  const joined = layers.layers
    .concatenate()
    .apply([large as layers.SymbolicTensor, normalized as layers.SymbolicTensor])
  const dropped = layers.layers.dropout({ rate: 0.5 }).apply(joined)
  const flat = layers.layers.flatten().apply(dropped)
  const logits = layers.layers.dense({ units: 5, activation: 'softmax', name: 'scores' }).apply(flat)
  const mean = layers.layers.globalAveragePooling2d({ name: 'means' }).apply(joined as layers.SymbolicTensor)
  return layers.model({
    inputs: input,
    outputs: [logits as layers.SymbolicTensor, mean as layers.SymbolicTensor],
    name: 'classifier',
  })
}

describe('exportModel', () => {
  it.each(['string', 'complex64'] as const)('refuses inputs of the dtype %s', async (dtype) => {
    const inputs = { x: { dtype: dtype as never, shape: ['batch', 6] } }
    await expect(exportModel(({ x }) => ({ y: tf.clone(x!) }), { name: 'text', inputs })).rejects.toMatchObject({
      code: 'INPUT_DTYPE_UNSUPPORTED',
      message: expect.stringContaining(`The input 'x' of text is of the dtype ${dtype}, and only float32, int32, bool`),
    })
  })

  it('writes a layers model for every batch size, with its names and weights', async () => {
    const network = classifier()
    const bytes = await exportModel(network, { metadata: { licence: 'MIT' }, documentation: 'a test' })
    const model = decodeModel(bytes)
    expect(model.metadata).toMatchObject({ licence: 'MIT' })
    expect(model.graph.inputs).toEqual([{ name: 'picture', dtype: 'float32', shape: ['batch', 12, 12, 3] }])
    expect(model.graph.outputs.map(({ shape }) => shape)).toEqual([
      ['batch', 5],
      ['batch', 10],
    ])
    expect([...model.graph.initializers.keys()].some((name) => name.includes('kernel'))).toBe(true)
    for (const batch of [1, 7, 64]) {
      const feeds = drawFeeds({ picture: { dtype: 'float32', shape: ['batch', 12, 12, 3] } }, batch)
      const expected = await runEagerly(({ picture }) => {
        const [scores, means] = network.apply(picture!) as tf.Tensor[]
        return { scores: scores!, means: means! }
      }, feeds)
      const actual = await runExported(bytes, feeds)
      expect(relativeDifference(actual[network.outputNames[0]!]!, expected.scores!)).toBeLessThan(1e-5)
      expect(relativeDifference(actual[network.outputNames[1]!]!, expected.means!)).toBeLessThan(1e-5)
    }
    network.dispose()
  })

  it('keeps the network usable', async () => {
    const network = classifier()
    const feeds = drawFeeds({ picture: { dtype: 'float32', shape: [2, 12, 12, 3] } }, 2)
    const scores = () => runEagerly(({ picture }) => ({ scores: (network.apply(picture!) as tf.Tensor[])[0]! }), feeds)
    const before = await scores()
    await exportModel(network)
    expect((await scores()).scores).toEqual(before.scores)
    network.dispose()
  })

  it('computes what depends on named lengths when the model runs', async () => {
    await expectSame(
      ({ x }) => {
        const [rows, columns] = x!.shape as [number, number]
        return {
          padded: tf.pad(x!, [
            [0, rows],
            [1, 0],
          ]),
          broadcast: tf.add(tf.zeros([rows, 2, columns]), tf.expandDims(x!, 1)),
          folded: tf.reshape(x!, [rows * columns]),
          tail: tf.slice(x!, [rows - 1, 0], [1, columns]),
        }
      },
      { x: { dtype: 'float32', shape: ['rows', 'columns'] } },
      { lengths: [1, 4] },
    )
  })

  it('refuses what would be right for one length only', async () => {
    const program = ({ x }: Readonly<Record<string, tf.Tensor>>) => ({ y: tf.mul(x!, Math.log(x!.shape[0]!)) })
    await expect(
      exportModel(program, { name: 'scaled', inputs: { x: { dtype: 'float32', shape: ['batch', 2] } } }),
    ).rejects.toMatchObject({
      code: 'DIMENSION_BAKED_IN',
      message: expect.stringContaining('scaled cannot be recorded for every batch'),
    })
  })

  it('refuses dropout that is switched on', async () => {
    const network = layers.sequential({ layers: [layers.layers.dropout({ rate: 0.5, inputShape: [8] })] })
    const program = ({ x }: Readonly<Record<string, tf.Tensor>>) => ({
      y: network.apply(x!, { training: true }) as tf.Tensor,
    })
    for (const batch of [2, 'batch']) {
      await expect(
        exportModel(program, { inputs: { x: { dtype: 'float32', shape: [batch, 8] } } }),
      ).rejects.toMatchObject({
        code: 'RANDOM_CONSTANT',
        message: expect.stringContaining('export-model.test.ts'),
      })
    }
  })

  it('moves images at most once at each end', async () => {
    const network = layers.sequential({
      layers: [
        layers.layers.conv2d({ filters: 4, kernelSize: 3, padding: 'same', inputShape: [8, 8, 3] }),
        layers.layers.batchNormalization(),
        layers.layers.leakyReLU(),
        layers.layers.conv2dTranspose({ filters: 3, kernelSize: 4, strides: 2, padding: 'same', activation: 'tanh' }),
      ],
    })
    const { nodes } = decodeModel(await exportModel(network)).graph
    expect(nodes.filter((node) => node.operator === 'Transpose')).toHaveLength(2)
    network.dispose()
  })
})
