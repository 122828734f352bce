import { float32 } from '@gantry/core'
import { describe, expect, test } from 'vitest'
import { attribute, type Graph } from '../graph.ts'
import { GraphBuilder } from '../graph-builder.ts'
import { randomGraph } from '../testing/random-graph.ts'
import { integers, runGraph, sampleOf } from '../testing/run-graph.ts'
import { optimizeGraph } from './optimize-graph.ts'

const f32 = { dtype: 'float32', shape: ['n', 2] } as const

function optimized(record: (builder: GraphBuilder, x: string) => void): Graph {
  const builder = new GraphBuilder('graph')
  record(builder, builder.input('x', f32))
  return optimizeGraph(builder.build())
}

function operators(graph: Graph): string[] {
  return graph.nodes.map(({ operator }) => operator)
}

describe('random graphs', () => {
  test.each(Array.from({ length: 40 }, (_, seed) => seed))('%i computes the same and is smaller', async (seed) => {
    const graph = randomGraph(seed)
    const smaller = optimizeGraph(graph)
    const feeds = Object.fromEntries(graph.inputs.map((input) => [input.name, sampleOf(input, 3)]))
    expect(await runGraph(smaller, feeds)).toEqual(await runGraph(graph, feeds))
    expect(smaller.nodes.length).toBeLessThan(graph.nodes.length)
    expect([smaller.inputs, smaller.outputs]).toEqual([graph.inputs, graph.outputs])
    expect(optimizeGraph(smaller), 'a fixpoint').toBe(smaller)
    const written = new Set(smaller.nodes.flatMap(({ outputs }) => outputs))
    expect([...smaller.valueSpecs.keys()].filter((name) => !written.has(name))).toEqual([])
  })
})

test('equal nodes become one, in any depth', () => {
  const graph = optimized((b, x) => {
    const branch = () => b.node('Tanh', [b.node('Add', [b.node('Neg', [x]), x])])
    b.output('y', b.node('Mul', [branch(), branch()]))
  })
  expect(operators(graph)).toEqual(['Neg', 'Add', 'Tanh', 'Mul'])
})

test('other attributes, operands, operators and chance keep nodes apart', () => {
  const graph = optimized((b, x) => {
    const noise = () => b.node('RandomNormal', [], { shape: attribute.ints([1, 2]) })
    const values = [
      b.node('LeakyRelu', [x], { alpha: attribute.float(0.1) }),
      b.node('LeakyRelu', [x], { alpha: attribute.float(0.2) }),
      b.node('Sum', [x, noise()]),
      b.node('Sum', [x, noise()]),
      b.node('Constant', [], { value: attribute.tensor(float32([1, 2], [0, 1])) }),
      b.node('Constant', [], { value: attribute.tensor(float32([1, 2], [-0, 1])) }),
    ]
    b.output('y', b.node('Concat', values, { axis: attribute.int(0) }))
  })
  expect(graph.nodes).toHaveLength(9)
})

test('two outputs of one value keep their names, the work is done once', () => {
  const graph = optimized((b, x) => {
    b.output('y', b.node('Tanh', [x]))
    b.output('z', b.node('Tanh', [x]))
  })
  expect(operators(graph)).toEqual(['Tanh', 'Identity'])
  expect(graph.nodes[1]!.outputs).toEqual(['z'])
})

test('identities go: chains, casts, transposes and reshapes that change nothing', () => {
  const graph = optimized((b, x) => {
    let value = b.node('Identity', [b.node('Identity', [b.node('Neg', [x])])])
    value = b.node('Cast', [value], { to: attribute.int(1) })
    value = b.node('Transpose', [value], { perm: attribute.ints([0, 1]) })
    value = b.node('Reshape', [value, b.constant(integers(-1, 2))])
    b.output('y', b.node('Identity', [value]))
  })
  expect(graph.nodes).toMatchObject([{ operator: 'Neg', outputs: ['y'] }])
  expect(graph.initializers.size).toBe(0)
})

test('slices and pads that change nothing go, others stay', () => {
  const cut = (b: GraphBuilder, value: string, end: number, axis: number, step: number) =>
    b.node('Slice', [value, ...[step > 0 ? 0 : -1, end, axis, step].map((each) => b.constant(integers(each)))])
  const graph = optimized((b, x) => {
    const whole = cut(b, b.node('Neg', [x]), 2, 1, 1)
    const padded = b.node('Pad', [whole, b.constant(integers(0, 0, 0, 0))])
    b.output('turned', cut(b, padded, -9, 1, -1))
    b.output('rows', cut(b, padded, 2, 0, 1))
    b.output('wide', b.node('Pad', [padded, b.constant(integers(0, 1, 0, 0))]))
  })
  expect(operators(graph)).toEqual(['Neg', 'Slice', 'Slice', 'Pad'])
})

test('what changes something stays', () => {
  const graph = optimized((b, x) => {
    b.output('cast', b.node('Cast', [x], { to: attribute.int(7) }))
    b.output('turned', b.node('Transpose', [x]))
    b.output('flat', b.node('Reshape', [x, b.constant(integers(-1))]))
    b.output('copy', x)
  })
  expect(operators(graph)).toEqual(['Cast', 'Transpose', 'Reshape', 'Identity'])
})

test('dead nodes and weights go, inputs stay', () => {
  const graph = optimized((b, x) => {
    b.input('unused', f32)
    b.node('Add', [b.node('Neg', [x]), b.initializer('dead', float32([2], [1, 2]))])
    b.output('y', b.node('Abs', [x]))
  })
  expect(operators(graph)).toEqual(['Abs'])
  expect(graph.initializers.size).toBe(0)
  expect(graph.inputs.map(({ name }) => name)).toEqual(['x', 'unused'])
})

test('weights of equal content become one', () => {
  const graph = optimized((b, x) => {
    const first = b.initializer('first', float32([2], [1, 2]))
    const second = b.initializer('second', float32([2], [1, 2]))
    b.output('y', b.node('Mul', [b.node('Add', [x, first]), second]))
  })
  expect([...graph.initializers.keys()]).toEqual(['first'])
})

test('values that the bodies of control flow read are left alone', async () => {
  // The builder knows no outer values, so the body is plain data.
  const body = (operator: string): Graph => ({
    name: operator,
    inputs: [],
    outputs: [{ name: `${operator}_result`, dtype: 'float32', shape: ['n', 2] }],
    initializers: new Map(),
    nodes: [{ operator, name: operator, inputs: ['captured'], outputs: [`${operator}_result`], attributes: {} }],
    valueSpecs: new Map(),
  })
  const builder = new GraphBuilder('control')
  const x = builder.input('x', f32)
  const condition = builder.input('condition', { dtype: 'bool', shape: [] })
  builder.node('Identity', [builder.node('Tanh', [x])], {}, { name: 'captured' })
  builder.node('Tanh', [x], {}, { name: 'unread' })
  const branches = { then_branch: attribute.graph(body('Neg')), else_branch: attribute.graph(body('Abs')) }
  builder.output('y', builder.node('If', [condition], branches), f32)
  const graph = builder.build()
  const smaller = optimizeGraph(graph)
  expect(operators(smaller)).toEqual(['Tanh', 'Identity', 'If'])
  const feeds = { x: sampleOf(f32), condition: sampleOf({ dtype: 'bool', shape: [] }) }
  expect(await runGraph(smaller, feeds)).toEqual(await runGraph(graph, feeds))
})
