import { float32, type NDArray, ndarray } from '@gantry/core'
import { describe, expect, it } from 'vitest'
import { attribute, type Graph, type Node } from '../graph.ts'
import { GraphBuilder } from '../graph-builder.ts'
import { inferShapes } from '../infer-shapes.ts'
import { int64Vector } from '../int64-vector.ts'
import { runGraph } from '../testing/run-graph.ts'
import { optimizeForInference } from './optimize-for-inference.ts'
import { optimizeForTraining } from './training/optimize-for-training.ts'

const { float, int, ints } = attribute
const image = { dtype: 'float32', shape: ['batch', 2, 3, 4] } as const

describe('operators of other domains that are called like ones of ONNX', () => {
  /** A chain in which a pass would find something to do if the nodes meant what their names say. */
  function chain(
    ...nodes: readonly (readonly [operator: string, inputs: readonly string[], attributes?: Node['attributes']])[]
  ): Graph {
    const operators = nodes.map(([operator, inputs, attributes = {}], index): Node => {
      const name = `v${index + 1}`
      return { operator, domain: 'own', name, inputs: [`v${index}`, ...inputs], outputs: [name], attributes }
    })
    const last = `v${nodes.length}`
    return inferShapes({
      name: 'own',
      inputs: [{ name: 'v0', ...image }],
      outputs: [{ name: last, ...image }],
      initializers: new Map<string, NDArray>([
        ['zero', float32([], [0])],
        ['axes', int64Vector([1])],
        ['shape', int64Vector([-1, 24])],
        ['pads', int64Vector([0, 0, 0, 0, 0, 0, 0, 0])],
        ['matrix', float32([24, 24], new Array(576).fill(1))],
        ['bias', float32([24], new Array(24).fill(1))],
      ]),
      nodes: operators,
      valueSpecs: new Map(operators.map(({ name }) => [name, image])),
    })
  }
  it.each([
    chain(['Transpose', [], { perm: ints([0, 2, 3, 1]) }], ['Transpose', [], { perm: ints([0, 3, 1, 2]) }]),
    chain(['Relu', []], ['Clip', ['zero']]),
    chain(['Reshape', ['shape']], ['Reshape', ['shape']]),
    chain(['Transpose', []], ['Reshape', ['shape']], ['MatMul', ['matrix']], ['Add', ['bias']]),
    chain(['Identity', []], ['Pad', ['pads']], ['Cast', [], { to: int(1) }]),
    chain(['Neg', []], ['Neg', []], ['ReduceSum', ['axes']]),
  ])('stay as they are', (graph) => {
    const calls = ({ nodes }: Graph) => nodes.map(({ operator, domain }) => `${domain}.${operator}`)
    for (const optimize of [optimizeForInference, optimizeForTraining])
      expect(calls(optimize(graph))).toEqual(calls(graph))
    // Nor is anything concluded of what they write.
    expect(inferShapes({ ...graph, valueSpecs: new Map() }).valueSpecs.size).toBe(0)
  })
})

describe('attributes that JSON does not tell apart', () => {
  it.each([
    [Number.NaN, Number.POSITIVE_INFINITY],
    [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY],
    [0, -0],
  ])('%d and %d make two nodes', (left, right) => {
    const builder = new GraphBuilder('slopes')
    const x = builder.input('x', image)
    const values = [left, right].map((alpha) => builder.node('LeakyRelu', [x], { alpha: float(alpha) }))
    builder.output('y', builder.node('Concat', values, { axis: int(0) }))
    const optimized = optimizeForInference(builder.build())
    expect(optimized.nodes.filter(({ operator }) => operator === 'LeakyRelu')).toHaveLength(2)
  })
})

describe('products of integers', () => {
  it('wrap as they did, whatever follows them', async () => {
    const builder = new GraphBuilder('integers')
    const x = builder.input('x', { dtype: 'int32', shape: [1, 2] })
    const matrix = ndarray('int32', [2, 2], Int32Array.of(2 ** 30, 3, 5, 2 ** 30))
    const product = builder.node('MatMul', [x, builder.initializer('kernel', matrix)])
    const added = builder.node('Add', [product, builder.constant(ndarray('int32', [2], Int32Array.of(7, 9)))])
    builder.output('y', builder.node('Mul', [added, builder.constant(ndarray('int32', [], Int32Array.of(3)))]))
    const graph = builder.build()
    const feeds = { x: ndarray('int32', [1, 2], Int32Array.of(5, 7)) }
    expect(await runGraph(optimizeForInference(graph), feeds)).toEqual(await runGraph(graph, feeds))
  })
})

describe('names in the bodies of control flow', () => {
  it('are not given to values around them', async () => {
    const body = (value: number): Graph => {
      const builder = new GraphBuilder(`body_${value}`)
      // What passes and renaming would call a node of the outer graph.
      const constant = builder.initializer(`constant_${value}`, float32([1, 2], [value, value]))
      builder.output(
        `chosen_${value}`,
        builder.node('Neg', [constant], {}, { name: value === 1 ? 'Reshape_0' : 'Gemm_0' }),
      )
      return builder.build()
    }
    const builder = new GraphBuilder('outer')
    const [x, condition] = [
      builder.input('x', { dtype: 'float32', shape: [1, 2] }),
      builder.input('condition', { dtype: 'bool', shape: [] }),
    ]
    const matrix = builder.initializer('kernel', float32([2, 2], [1, 2, 3, 4]))
    const product = builder.node('Add', [builder.node('MatMul', [x, matrix]), builder.constant(float32([2], [1, 1]))])
    const moved = builder.node('Transpose', [product], { perm: ints([1, 0]) })
    const branches = { then_branch: attribute.graph(body(1)), else_branch: attribute.graph(body(2)) }
    builder.output('y', moved)
    builder.output('z', builder.node('If', [condition], branches), { dtype: 'float32', shape: [1, 2] })
    const graph = builder.build()
    const feeds = { x: float32([1, 2], [1, 2]), condition: ndarray('bool', [], Uint8Array.of(1)) }
    const optimized = optimizeForInference(graph)
    const names = optimized.nodes.flatMap(({ name, outputs }) => [name, ...outputs])
    expect(names).not.toContain('Reshape_0')
    expect(names).not.toContain('Gemm_0')
    expect(await runGraph(optimized, feeds)).toEqual(await runGraph(graph, feeds))
  })
})
