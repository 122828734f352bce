import { decodeModel } from '@gantry/onnx'
import { type GraphModel, loadGraphModel } from '@tensorflow/tfjs-converter'
import * as tf from '@tensorflow/tfjs-core'
import { beforeEach, describe, expect, it } from 'vitest'
import { drawFeeds, relativeDifference, runEagerly, runExported } from '../testing/compare.ts'
import { exportModel, modelProgram } from './export-model.ts'

beforeEach(async () => {
  await tf.setBackend('cpu')
})

type Node = { name: string; op: string; input?: string[]; attr?: object }

const float = { dtype: { type: 'DT_FLOAT' } }

function placeholder(name: string, shape?: readonly number[]): Node {
  const dimensions = shape && { shape: { shape: { dim: shape.map((size) => ({ size: String(size) })) } } }
  return { name, op: 'Placeholder', attr: { ...float, ...dimensions } }
}

const constant = (name: string, type = 'DT_FLOAT'): Node => ({
  name,
  op: 'Const',
  attr: { dtype: { type }, value: { tensor: { dtype: type, tensorShape: {} } } },
})

/** A model as tensorflowjs_converter writes it. */
function graphModel(
  node: readonly Node[],
  weights: Readonly<Record<string, tf.Tensor>> = {},
  signature?: object,
): Promise<GraphModel> {
  const specs = Object.entries(weights).map(([name, { shape, dtype }]) => ({ name, shape, dtype: dtype as 'float32' }))
  const data = Object.values(weights).map((weight) => Buffer.from(weight.dataSync().slice().buffer))
  return loadGraphModel(
    tf.io.fromMemory({
      modelTopology: { node, versions: { producer: 1, minConsumer: 1 } },
      weightSpecs: specs,
      weightData: Uint8Array.from(Buffer.concat(data)).buffer,
      ...(signature && { signature }),
    }),
  )
}

const twoByTwo = () => {
  const info = (name: string) => ({ name, dtype: 'DT_FLOAT', tensorShape: { dim: [{ size: '-1' }, { size: '3' }] } })
  return graphModel(
    [
      placeholder('serving_left', [-1, 3]),
      placeholder('serving_right', [-1, 3]),
      constant('scope/kernel'),
      constant('scope/bias'),
      { name: 'sum', op: 'AddV2', input: ['serving_left', 'serving_right'], attr: {} },
      { name: 'product', op: 'MatMul', input: ['sum', 'scope/kernel'], attr: {} },
      { name: 'scores', op: 'BiasAdd', input: ['product', 'scope/bias'], attr: {} },
      { name: 'Identity', op: 'Tanh', input: ['scores'], attr: {} },
      { name: 'Identity_1', op: 'Identity', input: ['sum'], attr: {} },
    ],
    { 'scope/kernel': tf.tensor([0.5, -1, 2, 0.25, 1.5, -0.75], [3, 2]), 'scope/bias': tf.tensor([0.1, -0.2]) },
    {
      inputs: { left: info('serving_left:0'), right: info('serving_right:0') },
      outputs: { scores: info('Identity:0'), sums: info('Identity_1:0') },
    },
  )
}

describe('a graph model', () => {
  it('keeps the names of its signature and of its weights, with several inputs and outputs', async () => {
    const model = await twoByTwo()
    const bytes = await exportModel(model, { name: 'both', metadata: { licence: 'MIT' }, documentation: 'two sums' })
    const { graph, metadata, documentation } = decodeModel(bytes)
    expect([graph.name, metadata.licence, documentation]).toEqual(['both', 'MIT', 'two sums'])
    expect(graph.inputs).toEqual([
      { name: 'left', dtype: 'float32', shape: ['batch', 3] },
      { name: 'right', dtype: 'float32', shape: ['batch', 3] },
    ])
    expect(graph.outputs.map(({ name }) => name)).toEqual(['scores', 'sums'])
    expect([...graph.initializers.keys()]).toEqual(expect.arrayContaining(['scope/kernel', 'scope/bias']))
  })

  it('computes what TF.js computes, at every batch size', async () => {
    const model = await twoByTwo()
    const { inputs, program } = modelProgram(model)
    const bytes = await exportModel(model)
    for (const batch of [1, 4]) {
      const feeds = drawFeeds(inputs, batch)
      const expected = await runEagerly(program, feeds)
      const actual = await runExported(bytes, feeds)
      for (const name of ['scores', 'sums']) {
        expect(relativeDifference(actual[name]!, expected[name]!)).toBeLessThan(1e-6)
      }
    }
  })

  it('tells the node that has no recording, and what to write instead', async () => {
    const model = await graphModel([
      placeholder('x', [-1]),
      { name: 'block/distinct', op: 'Unique', input: ['x'], attr: {} },
    ])
    await expect(exportModel(model)).rejects.toMatchObject({
      code: 'KERNEL_UNSUPPORTED',
      message: expect.stringMatching(/'Unique'.*x: \[\w+\].*used in block\/distinct \(Unique\).*Return the inputs/),
    })
    // Nothing of the export is left in the model.
    const { executor } = model as unknown as { executor: { graph: { nodes: Record<string, object> } } }
    const property = Object.getOwnPropertyDescriptor(executor.graph.nodes['block/distinct'], 'category')
    expect(property).toMatchObject({ value: expect.any(String), writable: true })
  })

  it('fills with a number that it computes', async () => {
    const vector = tf.tensor1d([2, 3], 'int32')
    const nodes = [
      placeholder('x', [-1, 3]),
      constant('axes', 'DT_INT32'),
      constant('shape', 'DT_INT32'),
      { name: 'mean', op: 'Mean', input: ['x', 'axes'], attr: { keep_dims: { b: false } } },
      { name: 'filled', op: 'Fill', input: ['shape', 'mean'], attr: { T: { type: 'DT_FLOAT' } } },
      { name: 'like', op: 'Shape', input: ['x'], attr: {} },
      { name: 'open', op: 'Fill', input: ['like', 'mean'], attr: { T: { type: 'DT_FLOAT' } } },
      { name: 'y', op: 'Sub', input: ['x', 'open'], attr: {} },
    ]
    const model = await graphModel(nodes, { axes: tf.tensor1d([0, 1], 'int32'), shape: vector })
    const bytes = await exportModel(model)
    const { inputs, program } = modelProgram(model)
    for (const batch of [1, 4]) {
      const feeds = drawFeeds(inputs, batch)
      const [expected, actual] = [await runEagerly(program, feeds), await runExported(bytes, feeds)]
      for (const name of ['filled', 'y']) expect(relativeDifference(actual[name]!, expected[name]!)).toBeLessThan(1e-6)
    }
    const { executor } = model as unknown as { executor: { graph: { nodes: Record<string, { op: string }> } } }
    expect(executor.graph.nodes.open!.op).toBe('Fill')
  })

  it('is refused when it decides while it runs, before it is asked for a shape', async () => {
    const switched = [
      placeholder('x'),
      placeholder('condition', []),
      { name: 'switch', op: 'Switch', input: ['x', 'condition'], attr: {} },
      { name: 'left', op: 'Exit', input: ['switch'], attr: {} },
    ]
    const found = [placeholder('x'), { name: 'positive', op: 'Where', input: ['x'], attr: {} }]
    const looked = [
      placeholder('x'),
      { name: 'table', op: 'HashTableV2', attr: {} },
      { name: 'word', op: 'LookupTableFindV2', input: ['table', 'x', 'x'], attr: {} },
    ]
    const refusals = [
      [switched, 'CONTROL_FLOW_UNSUPPORTED', "decides while it runs what to compute next: its node 'left' is an Exit"],
      [
        found,
        'DYNAMIC_SHAPE_UNSUPPORTED',
        "has results whose number depends on the data: its node 'positive' is a Where",
      ],
      [looked, 'LOOKUP_TABLE_UNSUPPORTED', "looks values up in a table: its node 'word' is a LookupTableFindV2"],
    ] as const
    for (const [nodes, code, message] of refusals) {
      const expected = { code, message: expect.stringContaining(`finder ${message}`) }
      await expect(exportModel(await graphModel(nodes), { name: 'finder' })).rejects.toMatchObject(expected)
    }
  })

  it('is refused where TF.js would read a node in another way than TensorFlow, or draw numbers once for all', async () => {
    const ints = (...list: number[]) => ({ list: { i: list.map(String) } })
    const text = (value: string) => ({ s: btoa(value) })
    const refusals: [op: string, attr: object, detail: RegExp][] = [
      ['BiasAdd', { data_format: text('NCHW') }, /has data_format NCHW/],
      ['AvgPool', { data_format: text('NCHW') }, /has data_format NCHW/],
      ['Conv3D', { data_format: text('NCDHW') }, /has data_format NCDHW/],
      ['MaxPool', { ksize: ints(1, 1, 1, 2) }, /has ksize 1,1,1,2/],
      ['Conv2DBackpropInput', { dilations: ints(1, 2, 2, 1) }, /has dilations 1,2,2,1/],
      ['FusedBatchNormV3', { is_training: { b: true } }, /has is_training true.*Freeze it first.*training=False/],
      ['OneHot', { axis: { i: '1' } }, /has axis 1/],
      ['Mod', {}, /rounds toward zero/],
      ['Div', { T: { type: 'DT_INT32' } }, /rounds toward zero/],
      ['MatrixBandPart', {}, /diagonals above/],
      ['_FusedMatMul', { fused_ops: { list: { s: [btoa('Relu')] } } }, /has fused_ops Relu/],
      [
        '_FusedConv2D',
        { fused_ops: { list: { s: ['BiasAdd', 'Add', 'Relu'].map(btoa) } } },
        /has fused_ops BiasAdd, Add, Relu/,
      ],
      ['FakeQuantWithMinMaxVars', {}, /quantisation/],
      ['RandomStandardNormal', {}, /draws random numbers: its node 'y'/],
      ['Multinomial', {}, /draws random numbers: its node 'y'/],
    ]
    // A signature calls the output otherwise.
    const info = (name: string) => ({ name, dtype: 'DT_FLOAT', tensorShape: { dim: [{ size: '-1' }, { size: '4' }] } })
    const signature = { inputs: { x: info('x:0') }, outputs: { answer: info('y:0') } }
    for (const [op, attr, detail] of refusals) {
      const model = await graphModel(
        [placeholder('x', [-1, 4]), { name: 'y', op, input: ['x', 'x'], attr }],
        {},
        signature,
      )
      const code = detail.source.startsWith('draws') ? 'RANDOM_CONSTANT' : 'NODE_MISREAD'
      await expect(exportModel(model), op).rejects.toMatchObject({ code, message: expect.stringMatching(detail) })
    }
  })

  it('takes single numbers', async () => {
    const scaled = { name: 'y', op: 'Mul', input: ['x', 'ratio'], attr: {} }
    const model = await graphModel([placeholder('x', [-1, 3]), placeholder('ratio'), scaled])
    const bytes = await exportModel(model, { inputs: { ratio: { shape: [] } } })
    expect(decodeModel(bytes).graph.inputs.map(({ shape }) => shape)).toEqual([['batch', 3], []])
  })

  it('needs a shape for an input that declares none', async () => {
    const model = await graphModel([placeholder('x'), { name: 'y', op: 'Tanh', input: ['x'], attr: {} }])
    await expect(exportModel(model)).rejects.toMatchObject({
      code: 'INPUT_SHAPE_UNKNOWN',
      message: expect.stringContaining("input 'x'"),
    })
    const bytes = await exportModel(model, { inputs: { x: { shape: ['batch', 'length'] } } })
    expect(decodeModel(bytes).graph.inputs[0]!.shape).toEqual(['batch', 'length'])
  })

  it('whose batch is baked in is refused, with the node', async () => {
    const model = await graphModel(
      [
        placeholder('x', [-1, 6]),
        constant('shape', 'DT_INT32'),
        { name: 'head/reshape', op: 'Reshape', input: ['x', 'shape'], attr: {} },
      ],
      { shape: tf.tensor([1, 2, 3], [3], 'int32') },
    )
    await expect(exportModel(model, { name: 'reshaper' })).rejects.toMatchObject({
      code: 'DIMENSION_BAKED_IN',
      message: expect.stringMatching(
        /reshaper works when batch is 1 and for no other length.*in head\/reshape \(Reshape\)/,
      ),
    })
    const bytes = await exportModel(model, { inputs: { x: { shape: [1, 6] } } })
    expect(decodeModel(bytes).graph.outputs[0]!.shape).toEqual([1, 2, 3])
  })

  it('takes only inputs that it has, of its rank and dtype', async () => {
    const model = await twoByTwo()
    await expect(exportModel(model, { inputs: { lift: { shape: ['batch', 3] } } })).rejects.toMatchObject({
      code: 'INPUT_UNKNOWN',
      message: expect.stringContaining("Did you mean 'left'?"),
    })
    for (const wrong of [{ shape: ['batch', 3, 1] }, { dtype: 'int32' as const, shape: ['batch', 3] }]) {
      await expect(exportModel(model, { inputs: { left: wrong } })).rejects.toMatchObject({ code: 'INPUT_MISMATCH' })
    }
  })
})
