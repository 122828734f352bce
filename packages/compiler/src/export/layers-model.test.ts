import { decodeModel } from '@gantry/onnx'
import * as tf from '@tensorflow/tfjs-core'
import * as layers from '@tensorflow/tfjs-layers'
import { beforeEach, describe, expect, it } from 'vitest'
import { drawFeeds, expectSame, relativeDifference, runEagerly, runExported } from '../testing/compare.ts'
import { exportModel } from './export-model.ts'
import '../testing/chained-operations.ts'

beforeEach(async () => {
  await tf.setBackend('cpu')
})

/** A layer that does whatever a test wants. */
function custom(name: string, body: (x: tf.Tensor) => tf.Tensor): layers.layers.Layer {
  class Custom extends layers.layers.Layer {
    static readonly className = 'Custom'
    override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
      return body([inputs].flat()[0] as tf.Tensor)
    }
    override computeOutputShape(shape: layers.Shape): layers.Shape {
      return shape
    }
  }
  return new Custom({ name })
}

function nested(body: (x: tf.Tensor) => tf.Tensor): { outer: layers.LayersModel; inner: layers.layers.Layer } {
  const inner = custom('odd', body)
  const block = layers.sequential({
    name: 'block',
    layers: [layers.layers.dense({ units: 4, inputShape: [4] }), inner],
  })
  const input = layers.input({ shape: [4], name: 'x' })
  return {
    outer: layers.model({ name: 'outer', inputs: input, outputs: block.apply(input) as layers.SymbolicTensor }),
    inner,
  }
}

describe('a layers model', () => {
  it('tells the layer whose operation has no recording, and is left as it was', async () => {
    const { outer, inner } = nested((x) => tf.unique(tf.reshape(x, [-1])).values)
    await expect(exportModel(outer)).rejects.toMatchObject({
      code: 'KERNEL_UNSUPPORTED',
      message: expect.stringMatching(/'Unique'.*x: \[4\*batch\].*used in outer\/block\/odd \(Custom\)/),
    })
    expect(Object.hasOwn(inner, 'call')).toBe(false)
  })

  it('tells the layer that reads numbers', async () => {
    const { outer } = nested((x) => tf.mul(x, x.dataSync()[0]!))
    await expect(exportModel(outer)).rejects.toMatchObject({
      code: 'READ_WHILE_RECORDING',
      message: expect.stringMatching(
        /^outer\/block\/odd \(Custom\) reads the numbers of a tensor of shape \[batch,4\]/,
      ),
    })
  })

  it('tells the layer in which TF.js fails', async () => {
    const { outer } = nested((x) => tf.matMul(x as tf.Tensor2D, tf.ones([3, 2])))
    await expect(exportModel(outer)).rejects.toMatchObject({
      code: 'PROGRAM_FAILED',
      message: expect.stringMatching(
        /outer fails while it is recorded in outer\/block\/odd \(Custom\): .*inner shapes/,
      ),
    })
  })

  it('whose layer makes one image of the whole batch is refused', async () => {
    const { outer } = nested((x) => tf.tile(tf.reshape(x, [1, 4]), [1, 1]))
    await expect(exportModel(outer)).rejects.toMatchObject({
      code: 'DIMENSION_BAKED_IN',
      message: expect.stringContaining('outer works when batch is 1 and for no other length'),
    })
  })

  it('needs the length of sequences that it works through step by step', async () => {
    const input = layers.input({ shape: [null, 3], name: 'sentence' })
    const states = layers.layers.gru({ units: 2, name: 'reader' }).apply(input) as layers.SymbolicTensor
    const network = layers.model({ name: 'tagger', inputs: input, outputs: states })
    await expect(exportModel(network)).rejects.toMatchObject({
      code: 'SEQUENCE_LENGTH_OPEN',
      message: expect.stringMatching(/tagger\/reader \(GRU\).*'axis_1'.*--input sentence=batch,20,3/),
    })
    const bytes = await exportModel(network, { inputs: { sentence: { shape: ['batch', 5, 3] } } })
    expect(decodeModel(bytes).graph.inputs[0]!.shape).toEqual(['batch', 5, 3])
  })

  it('that halves images needs even ones, and is exported for those', async () => {
    const input = layers.input({ shape: [null, null, 2], name: 'image' })
    const small = layers.layers.conv2d({ filters: 2, kernelSize: 3, strides: 2, padding: 'same' }).apply(input)
    const large = layers.layers.conv2dTranspose({ filters: 2, kernelSize: 2, strides: 2 }).apply(small)
    const joined = layers.layers.concatenate().apply([input, large as layers.SymbolicTensor]) as layers.SymbolicTensor
    const network = layers.model({ name: 'hourglass', inputs: input, outputs: joined })
    await expect(exportModel(network)).rejects.toMatchObject({
      code: 'MULTIPLE_NEEDED',
      message: expect.stringMatching(
        /every height and width.*multiples: \{ height: 2, width: 2 \}.*--multiple height=2/,
      ),
    })
    const bytes = await exportModel(network, { multiples: { height: 2, width: 2 } })
    const feeds = drawFeeds({ image: { dtype: 'float32', shape: ['batch', 6, 10, 2] } }, 3)
    const [actual] = Object.values(await runExported(bytes, feeds))
    const expected = await runEagerly(({ image }) => ({ y: network.predict(image!) as tf.Tensor }), feeds)
    expect(relativeDifference(actual!, expected.y!)).toBeLessThan(1e-6)
  })

  it('of one image size is exported for any, where asked', async () => {
    const convolution = layers.layers.conv2d({ filters: 2, kernelSize: 3, inputShape: [8, 8, 1], name: 'edges' })
    const network = layers.sequential({ name: 'filter', layers: [convolution] })
    const [input] = network.inputs
    const bytes = await exportModel(network, { inputs: { [input!.name]: { shape: ['batch', 'rows', 'columns', 1] } } })
    const { outputs } = decodeModel(bytes).graph
    expect(outputs[0]!.shape.slice(-1)).toEqual([2])
    const feeds = drawFeeds({ [input!.name]: { dtype: 'float32', shape: ['batch', 12, 5, 1] } }, 2)
    const [actual] = Object.values(await runExported(bytes, feeds))
    const expected = await runEagerly(
      (tensors) => ({ y: convolution.apply(Object.values(tensors)) as tf.Tensor }),
      feeds,
    )
    expect(relativeDifference(actual!, expected.y!)).toBeLessThan(1e-6)
  })

  it('keeps its own names for weights when another model has them already', async () => {
    const twins = [1, 2].map(() =>
      layers.sequential({ layers: [layers.layers.dense({ units: 2, inputShape: [3], name: 'twin' })] }),
    )
    const { initializers } = decodeModel(await exportModel(twins[1]!)).graph
    expect([...initializers.keys()]).toContain('twin/kernel')
    for (const twin of twins) twin.dispose()
  })

  it('gives two outputs of one layer different names', async () => {
    const input = layers.input({ shape: [4, 3], name: 'x' })
    const outputs = layers.layers.lstm({ units: 2, returnState: true, name: 'reader' }).apply(input)
    const network = layers.model({ inputs: input, outputs: outputs as layers.SymbolicTensor[] })
    const { graph } = decodeModel(await exportModel(network))
    expect(graph.outputs.map(({ name }) => name)).toEqual(['reader', 'reader_1', 'reader_2'])
  })
})

it('functions take several inputs and give several outputs', async () => {
  const bytes = await expectSame(
    ({ image, scale }) => ({ scaled: tf.mul(image!, scale!), mean: tf.mean(image!, [1, 2]) }),
    {
      image: { dtype: 'float32', shape: ['batch', 'height', 'width', 3] },
      scale: { dtype: 'float32', shape: ['batch', 1, 1, 1] },
    },
  )
  expect(decodeModel(bytes).graph.outputs).toEqual([
    { name: 'scaled', dtype: 'float32', shape: ['batch', 'height', 'width', 3] },
    { name: 'mean', dtype: 'float32', shape: ['batch', 3] },
  ])
})

it('a layers model may list one output twice', async () => {
  const x = layers.input({ shape: [3], name: 'x' })
  const y = layers.layers.dense({ units: 2, name: 'y' }).apply(x) as layers.SymbolicTensor
  const { graph } = decodeModel(await exportModel(layers.model({ inputs: x, outputs: [y, y] })))
  expect(graph.outputs.map(({ name, shape }) => [name, shape])).toEqual([
    ['y', ['batch', 2]],
    ['y_1', ['batch', 2]],
  ])
})

describe('a function is refused, with a code of its own,', () => {
  const inputs = { x: { shape: ['batch', 4] } }

  it.each([
    ['READ_WHILE_RECORDING', ({ x }) => ({ y: tf.scalar(x!.dataSync()[0]!) }), /dataSync/],
    ['RANDOM_CONSTANT', ({ x }) => ({ y: tf.add(x!, tf.randomNormal([4])) }), /layers-model\.test\.ts/],
    ['VARIABLE_CREATED', ({ x }) => ({ y: tf.mul(x!, tf.variable(tf.ones([4]))) }), /creates the variable/],
    ['DIMENSION_BAKED_IN', ({ x }) => ({ y: tf.mul(tf.sum(x!, 0), Math.log(x!.shape[0]!)) }), /for any length/],
  ] as const satisfies readonly (readonly [string, Parameters<typeof exportModel>[0], RegExp])[])(
    '%s',
    async (code, program, message) => {
      const { numTensors } = tf.memory()
      const variables = Object.keys(tf.engine().state.registeredVariables)
      await expect(exportModel(program, { inputs })).rejects.toMatchObject({
        code,
        message: expect.stringMatching(message),
      })
      expect(tf.getBackend()).toBe('cpu')
      expect(tf.memory().numTensors).toBe(numTensors)
      expect(Object.keys(tf.engine().state.registeredVariables)).toEqual(variables)
    },
  )
})
