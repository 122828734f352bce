import { create, toBinary } from '@bufbuild/protobuf'
import { dtypes, float32, GantryError, type NDArray, ndarray, RandomStream } from '@gantry/core'
import { describe, expect, test } from 'vitest'
import {
  AttributeProtoSchema,
  GraphProtoSchema,
  ModelProtoSchema,
  NodeProtoSchema,
  OperatorSetIdProtoSchema,
  SparseTensorProtoSchema,
  StringStringEntryProtoSchema,
  type TensorProto,
  TensorProtoSchema,
  TypeProto_TensorSchema,
  TypeProtoSchema,
  ValueInfoProtoSchema,
} from '../generated/onnx_pb.ts'
import { attribute, type Graph, type Model } from '../graph.ts'
import { GraphBuilder } from '../graph-builder.ts'
import { createModel } from '../model.ts'
import { randomGraph } from '../testing/random-graph.ts'
import { runGraph, sampleOf } from '../testing/run-graph.ts'
import { decodeModel } from './decode-model.ts'
import { encodeModel } from './encode-model.ts'

function codeOf(bytes: Uint8Array): string | undefined {
  try {
    decodeModel(bytes)
  } catch (error) {
    return GantryError.isInstance(error) ? error.code : `no Gantry error: ${error}`
  }
  return undefined
}

/** The bytes of a model around these fields of a graph, as another program might write them. */
function foreignModel(graph: Parameters<typeof create<typeof GraphProtoSchema>>[1], opset = 17): Uint8Array {
  return toBinary(
    ModelProtoSchema,
    create(ModelProtoSchema, {
      irVersion: 8n,
      opsetImport: [create(OperatorSetIdProtoSchema, { domain: 'ai.onnx', version: BigInt(opset) })],
      graph: create(GraphProtoSchema, { name: 'foreign', ...graph }),
    }),
  )
}

function foreignTensor(tensor: Parameters<typeof create<typeof TensorProtoSchema>>[1]): TensorProto {
  return create(TensorProtoSchema, { name: 'w', ...tensor })
}

const branch: Graph = (() => {
  const builder = new GraphBuilder('branch')
  builder.output('inner', builder.initializer('one', float32([1], [1])))
  return builder.build()
})()

const everything: Model = (() => {
  const builder = new GraphBuilder('everything')
  const x = builder.input('x', { dtype: 'float32', shape: ['batch', 3] })
  const condition = builder.input('condition', { dtype: 'bool', shape: [] })
  for (const dtype of dtypes) builder.initializer(dtype, sampleOf({ dtype, shape: [2, 3] }))
  builder.initializer('scalar', float32([], [0.5]))
  builder.initializer('empty', ndarray('int64', [0]))
  const clipped = builder.node('Clip', [x, undefined, 'scalar'])
  builder.node(
    'Everything',
    [clipped],
    {
      int: attribute.int(-3),
      float: attribute.float(0.25),
      string: attribute.string('größe'),
      tensor: attribute.tensor(float32([2], [1, 2])),
      ints: attribute.ints([1, -2, 3]),
      none: attribute.ints([]),
      floats: attribute.floats([0.5, -1]),
      strings: attribute.strings(['a', 'b']),
    },
    { domain: 'com.example' },
  )
  const graphs = { then_branch: attribute.graph(branch), else_branch: attribute.graph(branch) }
  builder.output('chosen', builder.node('If', [condition], graphs), { dtype: 'float32', shape: [1] })
  builder.output('y', clipped)
  const metadata = { manifest: '{"variant":"dcgan"}', empty: '' }
  const graph = { ...builder.build(), documentation: 'of the graph' }
  return createModel(graph, { metadata, documentation: 'of the model', producerVersion: '1.2.3' })
})()

describe('round trips', () => {
  test('keep every part of a model', () => {
    const decoded = decodeModel(encodeModel(everything))
    const chosen = everything.graph.outputs[0]!
    // A file says of an output what it declares, also where nothing was inferred.
    const valueSpecs = new Map(everything.graph.valueSpecs).set(chosen.name, {
      dtype: chosen.dtype,
      shape: chosen.shape,
    })
    expect(decoded).toEqual({ ...everything, graph: { ...everything.graph, valueSpecs } })
    expect(encodeModel(decoded)).toEqual(encodeModel(everything))
  })

  test.each(Array.from({ length: 30 }, (_, seed) => seed))('keep random graph %i', (seed) => {
    const model = createModel(randomGraph(seed))
    expect(decodeModel(encodeModel(model))).toEqual(model)
  })

  test('carry the largest int64, as exporters write it for "to the end"', () => {
    const builder = new GraphBuilder('largest')
    const x = builder.input('x', { dtype: 'float32', shape: [2] })
    const end = builder.node('Constant', [], { value_int: attribute.int(2 ** 63) })
    builder.output('y', builder.node('Mul', [builder.node('Cast', [end], { to: attribute.int(1) }), x]))
    const decoded = decodeModel(encodeModel(createModel(builder.build())))
    expect(decoded.graph.nodes[0]!.attributes.value_int).toEqual(attribute.int(2 ** 63))
  })

  test('give views of aligned weights and copies of others, both right', () => {
    const weights = sampleOf({ dtype: 'float64', shape: [1000] })
    for (let shift = 0; shift < 8; shift++) {
      const builder = new GraphBuilder('x'.repeat(shift + 1))
      builder.output('y', builder.node('Neg', [builder.initializer('w', weights)]))
      expect(decodeModel(encodeModel(createModel(builder.build()))).graph.initializers.get('w')).toEqual(weights)
    }
  })

  test('write arrays that are views of a larger buffer', () => {
    const buffer = Float32Array.of(9, 1, 2, 9)
    const builder = new GraphBuilder('view')
    builder.output('y', builder.node('Neg', [builder.initializer('w', ndarray('float32', [2], buffer.subarray(1, 3)))]))
    const { graph } = decodeModel(encodeModel(createModel(builder.build())))
    expect([...graph.initializers.get('w')!.data]).toEqual([1, 2])
  })
})

test('a decoded model computes in ONNX Runtime what the original does', async () => {
  const graph = randomGraph(3)
  const feeds = Object.fromEntries(graph.inputs.map((input) => [input.name, sampleOf(input, 3)]))
  const { graph: decoded } = decodeModel(encodeModel(createModel(graph)))
  expect(await runGraph(decoded, feeds)).toEqual(await runGraph(graph, feeds))
})

describe('damaged files', () => {
  test.each([
    ['everything', everything],
    ['a random graph', createModel(randomGraph(1, 8))],
  ])('every prefix of %s ends early', (_, model) => {
    const bytes = encodeModel(model)
    for (let length = 0; length < bytes.length; length++) {
      expect(codeOf(bytes.subarray(0, length)), `${length} of ${bytes.length} bytes`).toBe('ONNX_TRUNCATED')
    }
  })

  test('a changed byte gives a model or a Gantry error, never anything else', () => {
    const original = encodeModel(everything)
    const random = new RandomStream(7, 'damage')
    for (let round = 0; round < 4000; round++) {
      const bytes = original.slice()
      for (let change = 0; change <= random.integer(3); change++)
        bytes[random.integer(bytes.length)] = random.integer(256)
      expect(codeOf(bytes) ?? 'read').not.toMatch(/^no Gantry error/)
    }
  })

  test('bytes of other programs are foreign', () => {
    const png = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a)
    expect(codeOf(png)).toBe('ONNX_FOREIGN')
    expect(codeOf(new TextEncoder().encode('{"model": 1}'))).toBe('ONNX_FOREIGN')
    expect(codeOf(new Uint8Array(1000))).toBe('ONNX_FOREIGN')
    expect(() => decodeModel(png)).toThrow(/These 8 bytes \(89 50 4e 47 0d 0a 1a 0a …\) are no ONNX model/)
    const random = new RandomStream(1, 'noise')
    for (let round = 0; round < 500; round++) {
      const noise = Uint8Array.from({ length: random.integer(200) }, () => random.integer(256))
      expect(codeOf(noise)).toMatch(/^ONNX_(FOREIGN|TRUNCATED)$/)
    }
  })

  test('weights of another size than their shape', () => {
    const initializer = [foreignTensor({ dims: [3n], dataType: 1, rawData: new Uint8Array(8) })]
    expect(() => decodeModel(foreignModel({ initializer }))).toThrow(
      "Initializer 'w' has shape [3], so 3 elements of float32, but its data has 2.",
    )
    for (const damaged of [
      foreignTensor({ dims: [3n], dataType: 1, rawData: new Uint8Array(7) }),
      foreignTensor({ dims: [-1n, -2n], dataType: 1, floatData: [1, 2] }),
      foreignTensor({ dims: [3n], dataType: 1 }),
    ]) {
      expect(codeOf(foreignModel({ initializer: [damaged] }))).toBe('ONNX_INVALID')
    }
  })
})

describe('files of other writers', () => {
  const typed: readonly (readonly [NDArray, TensorProto])[] = [
    [float32([2], [0.5, -2]), foreignTensor({ dims: [2n], dataType: 1, floatData: [0.5, -2] })],
    [ndarray('float64', [1], Float64Array.of(0.1)), foreignTensor({ dims: [1n], dataType: 11, doubleData: [0.1] })],
    [ndarray('int32', [], Int32Array.of(-7)), foreignTensor({ dataType: 6, int32Data: [-7] })],
    [ndarray('int64', [1], BigInt64Array.of(-7n)), foreignTensor({ dims: [1n], dataType: 7, int64Data: [-7n] })],
    [ndarray('uint8', [1], Uint8Array.of(200)), foreignTensor({ dims: [1n], dataType: 2, int32Data: [200] })],
    [ndarray('bool', [2], Uint8Array.of(1, 0)), foreignTensor({ dims: [2n], dataType: 9, int32Data: [1, 0] })],
  ]
  test.each(typed)('typed data fields %#', (array, tensor) => {
    expect(decodeModel(foreignModel({ initializer: [tensor] })).graph.initializers.get('w')).toEqual(array)
  })

  test('initializers that are listed among the inputs are none', () => {
    const initializer = [foreignTensor({ dims: [1n], dataType: 1, floatData: [1] })]
    const input = [create(ValueInfoProtoSchema, { name: 'w' })]
    expect(decodeModel(foreignModel({ initializer, input })).graph.inputs).toEqual([])
  })

  test('lengths that are left open get names of their own, the domain ai.onnx is dropped', () => {
    const shape = {
      dim: [{}, { value: { case: 'dimValue', value: -1n } }, { value: { case: 'dimParam', value: 'n' } }],
    } as const
    const input = [
      create(ValueInfoProtoSchema, { name: 'in:0', type: { tensorType: { elemType: 1, shape: shape as never } } }),
    ]
    const node = [create(NodeProtoSchema, { opType: 'Neg', domain: 'ai.onnx', input: ['in:0'], output: ['y'] })]
    const { graph, opset } = decodeModel(foreignModel({ input, node }, 13))
    expect(graph.inputs[0]!.shape).toEqual(['in_0_axis0', 'in_0_axis1', 'n'])
    expect(graph.nodes[0]).not.toHaveProperty('domain')
    expect(opset).toBe(13)
  })

  test('leaves a length without a name open', () => {
    const builder = new GraphBuilder('open')
    builder.output('y', builder.input('x', { dtype: 'float32', shape: ['', 2] }), { dtype: 'float32', shape: ['', 2] })
    const { graph } = decodeModel(encodeModel(createModel(builder.build())))
    expect(graph.inputs[0]!.shape).toEqual(['x_axis0', 2])
    expect(graph.outputs[0]!.shape).toEqual(['y_axis0', 2])
  })

  const port = (type?: Parameters<typeof create<typeof TypeProtoSchema>>[1]) =>
    create(ValueInfoProtoSchema, { name: 'x', ...(type && { type: create(TypeProtoSchema, type) }) })
  const sparse = create(SparseTensorProtoSchema, {})
  const location = create(StringStringEntryProtoSchema, { key: 'location', value: 'weights.bin' })
  const tensorType = create(TypeProto_TensorSchema, { elemType: 10 })
  test.each([
    [
      'ONNX_DTYPE_UNSUPPORTED',
      /'w' is of type number 99, but Gantry handles float32/,
      { initializer: [foreignTensor({ dataType: 99, int32Data: [1] })] },
    ],
    ['ONNX_DTYPE_UNSUPPORTED', /'x' is of type float16/, { input: [port({ tensorType })] }],
    [
      'ONNX_EXTERNAL_DATA',
      /another file \(weights\.bin\)/,
      { initializer: [foreignTensor({ dataType: 1, externalData: [location], dataLocation: 1 })] },
    ],
    ['ONNX_TYPE_UNSUPPORTED', /'x' has no type, nor/, { input: [port()] }],
    ['ONNX_TYPE_UNSUPPORTED', /'x' has no rank/, { output: [port({ tensorType: { elemType: 1 } as never })] }],
    ['ONNX_SPARSE_UNSUPPORTED', /sparse/, { sparseInitializer: [sparse] }],
    [
      'ONNX_ATTRIBUTE_UNSUPPORTED',
      /Node 'n' \(Op\), attribute 'a' has type number 10/,
      {
        node: [
          create(NodeProtoSchema, {
            name: 'n',
            opType: 'Op',
            attribute: [create(AttributeProtoSchema, { name: 'a', type: 10 })],
          }),
        ],
      },
    ],
    [
      'ONNX_INVALID',
      /attribute 'a' has no value/,
      {
        node: [
          create(NodeProtoSchema, {
            name: 'n',
            opType: 'Op',
            attribute: [create(AttributeProtoSchema, { name: 'a', type: 4 })],
          }),
        ],
      },
    ],
  ] as const)('%s', (code, message, graph) => {
    const bytes = foreignModel(graph as never)
    expect(codeOf(bytes)).toBe(code)
    expect(() => decodeModel(bytes)).toThrow(message)
  })
})
