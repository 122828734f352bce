import { float32, GantryError, ndarray } from '@gantry/core'
import { expectClearRefusals } from '@gantry/files/testing'
import { describe, expect, it } from 'vitest'
import { decodeModel } from './codec/decode-model.ts'
import { encodeModel } from './codec/encode-model.ts'
import { encodeSplitModel } from './codec/encode-split-model.ts'
import { formatModel } from './format.ts'
import { attribute, type Graph } from './graph.ts'
import { GraphBuilder } from './graph-builder.ts'
import { inferShapes } from './infer-shapes.ts'
import { int64Vector } from './int64-vector.ts'
import { createModel } from './model.ts'
import { optimizeForInference } from './passes/optimize-for-inference.ts'
import { seedModels } from './testing/seed-models.ts'

const { files, weights } = seedModels()

/** All that this package does to a file of somebody else. */
function readWhole(bytes: Uint8Array, externalFiles = { 'weights.bin': weights }) {
  const model = decodeModel(bytes, externalFiles)
  const graph = optimizeForInference(inferShapes(model.graph))
  formatModel({ ...model, graph })
  return decodeModel(encodeModel({ ...model, graph }))
}

function codeOf(run: () => unknown): string {
  try {
    run()
  } catch (error) {
    if (GantryError.isInstance(error)) return error.code
    throw error
  }
  return 'read'
}

it('refuses damaged ONNX files clearly, or reads them', async () => {
  const { read, refused } = await expectClearRefusals('onnx', files, async (bytes) => readWhole(bytes))
  expect(read).toBeGreaterThan(0)
  expect(refused).toBeGreaterThan(0)
})

describe('weights in files of their own', () => {
  const builder = new GraphBuilder('split')
  builder.output('y', builder.node('Neg', [builder.initializer('weight', float32([8], new Array(8).fill(1)))]))
  const { model } = encodeSplitModel(createModel(builder.build()), 'weights.bin', { threshold: 0 })
  /** The same length, so that the file stays whole. */
  const at = (location: string) =>
    Buffer.from(Buffer.from(model).toString('latin1').replace('weights.bin', location), 'latin1')

  it.each(['../weights.', '/etc/passwd', 'C:/weights.', 'a/../../b.b', '..\\weights.', 'weights/..x', '//server/x/'])(
    'outside the folder (%s) are not asked for',
    (location) => {
      expect(location).toHaveLength(11)
      const code = codeOf(() => decodeModel(at(location), { [location]: new Uint8Array(64) }))
      expect(code).toBe(location === 'weights/..x' ? 'read' : 'EXTERNAL_LOCATION_INVALID')
    },
  )
  it.each(['__proto__xx', 'toString___'])('called %s are not found among what every object has', (location) => {
    expect(codeOf(() => decodeModel(at(location), {}))).toBe('ONNX_EXTERNAL_DATA')
  })
})

describe('absurd sizes', () => {
  const reshaped = (shape: readonly number[]): Graph => {
    const builder = new GraphBuilder('reshaped')
    const x = builder.input('x', { dtype: 'float32', shape: ['batch', 4] })
    const target = builder.constant(int64Vector(shape))
    const filled = builder.node('ConstantOfShape', [target])
    builder.output('y', builder.node('Add', [x, filled]), { dtype: 'float32', shape: ['a', 'b'] })
    return builder.build()
  }
  it.each([[[2 ** 40, 4]], [[2 ** 31, 2 ** 31, 4]], [[2 ** 62, 4]], [[-5, 4]]])('of a constant (%j)', (shape) => {
    const code = codeOf(() => optimizeForInference(reshaped(shape)))
    expect(['read', 'SHAPE_MISMATCH', 'OUTPUT_MISMATCH']).toContain(code)
  })
  it('that grow with every node', () => {
    const builder = new GraphBuilder('growing')
    let value = builder.input('x', { dtype: 'float32', shape: ['a', 'b', 'c', 'd'] })
    const both = (input: string) => builder.node('Concat', [input, input], { axis: attribute.int(0) })
    for (let step = 0; step < 100; step++) value = both(value)
    const sizes = builder.node('Shape', [value])
    let product = sizes
    for (let step = 0; step < 100; step++) product = builder.node('Mul', [product, product])
    builder.output('y', builder.node('Expand', [value, product]), { dtype: 'float32', shape: ['p', 'q', 'r', 's'] })
    expect(codeOf(() => optimizeForInference(builder.build()))).toBe('read')
  })
  it('of products of many sums', () => {
    const builder = new GraphBuilder('sums')
    const inputs = Array.from({ length: 30 }, (_, index) =>
      builder.input(`x_${index}`, {
        dtype: 'float32',
        shape: Array.from({ length: 16 }, (_, axis) => `l${index}_${axis}`),
      }),
    )
    let value = inputs[0]!
    for (let axis = 0; axis < 16; axis++) {
      value = builder.node('Concat', [value, ...inputs.slice(1, 4)], { axis: attribute.int(axis) })
    }
    builder.output('y', builder.node('Reshape', [value, builder.constant(int64Vector([-1]))]))
    expect(codeOf(() => builder.build())).toBe('read')
  })
})

describe('nesting', () => {
  it('of bodies deeper than a stack is refused', () => {
    let body: Graph = new GraphBuilder('innermost').build()
    for (let depth = 0; depth < 60; depth++) {
      const node = { operator: 'If', name: `if_${depth}`, inputs: ['c'], outputs: [`y_${depth}`] }
      body = {
        ...body,
        name: `body_${depth}`,
        nodes: [{ ...node, attributes: { then_branch: attribute.graph(body) } }],
      }
    }
    expect(codeOf(() => decodeModel(encodeModel(createModel(body))))).toBe('ONNX_TRUNCATED')
  })
  it('of a function in itself is kept as it is', () => {
    // FunctionProto: name 'F', domain 'own', one node that calls own.F.
    const node = [34, 1, 70, 58, 3, 111, 119, 110]
    const bytes = Uint8Array.from([10, 1, 70, 58, node.length, ...node, 82, 3, 111, 119, 110])
    const builder = new GraphBuilder('recursive')
    const x = builder.input('x', { dtype: 'float32', shape: [1] })
    builder.output('y', builder.node('F', [x], {}, { domain: 'own' }), { dtype: 'float32', shape: [1] })
    const functions = [{ domain: 'own', name: 'F', bytes }]
    const { graph, irVersion } = readWhole(encodeModel(createModel({ ...builder.build(), functions })))
    expect(graph.functions).toEqual(functions)
    expect(graph.nodes.map(({ operator, domain }) => `${domain}.${operator}`)).toEqual(['own.F'])
    expect(irVersion).toBe(8)
  })
})

describe('names', () => {
  it('that every object has are names as any other', () => {
    const builder = new GraphBuilder('__proto__')
    const x = builder.input('__proto__', { dtype: 'float32', shape: [1] })
    const y = builder.initializer('constructor', float32([1], [2]))
    builder.output('toString', builder.node('Add', [x, y], {}, { name: 'hasOwnProperty' }))
    const metadata = Object.fromEntries([['__proto__', 'kept']])
    const model = readWhole(encodeModel(createModel(builder.build(), { metadata })))
    expect(Object.entries(model.metadata)).toEqual([['__proto__', 'kept']])
    expect([...model.graph.initializers.keys()]).toEqual(['constructor'])
    expect(({} as { kept?: string }).kept).toBeUndefined()
  })
  it('that are attributes called __proto__ are kept', () => {
    const builder = new GraphBuilder('attributes')
    const x = builder.input('x', { dtype: 'float32', shape: [1] })
    const attributes = Object.fromEntries([['__proto__', attribute.ints([1])]])
    builder.output('y', builder.node('Own', [x], attributes, { domain: 'own' }), { dtype: 'float32', shape: [1] })
    const { graph } = readWhole(encodeModel(createModel(builder.build())))
    expect(Object.entries(graph.nodes[0]!.attributes)).toEqual([['__proto__', attribute.ints([1])]])
  })
  it('with control characters are shown, not acted on', () => {
    const builder = new GraphBuilder('\u001b[2J')
    builder.output('a\nb\u0007', builder.node('Neg', [builder.input('\u202ex', { dtype: 'float32', shape: [1] })]))
    const text = formatModel(createModel(builder.build(), { metadata: { '\u001b]0;x\u0007': '\u009b' } }))
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
    expect(text).not.toMatch(/[\0-\x09\x0b-\x1f\x7f-\x9f\u202e]/)
    expect(text).toContain('\\u001b[2J')
    expect(text).toContain('a\\nb\\u0007')
  })
})

it('refuses a tensor whose lengths multiply beyond every number', () => {
  const builder = new GraphBuilder('huge')
  builder.output('y', builder.node('Neg', [builder.initializer('w', ndarray('float32', [0, 4]))]))
  const text = Buffer.from(encodeModel(createModel(builder.build()))).toString('hex')
  // dims [0, 4] as varints (0800 0804) become [2⁵⁶−1, 4].
  const huge = Buffer.from(text.replace('08000804', '08ffffffffffffff7f0804'), 'hex')
  expect(['ONNX_INVALID', 'ONNX_TRUNCATED']).toContain(codeOf(() => readWhole(huge)))
})
