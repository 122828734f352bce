import { type DType, float32, type NDArray, ndarray } from '@gantry/core'
import { describe, expect, test } from 'vitest'
import { type Attributes, attribute } from '../graph.ts'
import { GraphBuilder } from '../graph-builder.ts'
import { optimizeForInference } from '../passes/optimize-for-inference.ts'
import { integers, runGraph } from '../testing/run-graph.ts'

const { int } = attribute
const LARGEST = 2n ** 63n - 1n

function int64(...values: readonly bigint[]): NDArray {
  return ndarray('int64', [values.length], BigInt64Array.from(values))
}

function int32(...values: readonly number[]): NDArray {
  return ndarray('int32', [values.length], Int32Array.from(values))
}

function bool(...values: readonly number[]): NDArray {
  return ndarray('bool', [values.length], Uint8Array.from(values))
}

const scalar = (array: NDArray): NDArray => ({ ...array, shape: [] })

type Case = [name: string, operator: string, operands: readonly NDArray[], attributes?: Attributes]

const large = [LARGEST, -LARGEST, 2n ** 53n + 1n, -(2n ** 62n) - 3n] as const

const cases: Case[] = [
  ['beyond 2⁵³', 'Identity', [int64(...large)]],
  ['joined', 'Concat', [int64(LARGEST), int64(2n ** 53n + 1n, -1n)], { axis: int(0) }],
  ['with an axis more', 'Unsqueeze', [int64(LARGEST), integers(0)]],
  ['with an axis less', 'Squeeze', [int64(LARGEST), integers(0)]],
  ['under another shape', 'Reshape', [int64(...large), integers(4)]],
  ['picked', 'Gather', [int64(...large), integers(2, -1)]],
  ['cut', 'Slice', [int64(...large), int64(1n), int64(LARGEST)]],
  ['from behind', 'Slice', [int64(...large), int64(-1n), int64(-LARGEST), integers(0), integers(-2)]],
  ['repeated', 'Expand', [int64(LARGEST), integers(2)]],
  ['tiled', 'Tile', [int64(LARGEST), integers(2)]],
  ['added beyond the end', 'Add', [int64(LARGEST), int64(2n)]],
  ['subtracted', 'Sub', [int64(2n ** 53n + 1n), int64(1n)]],
  ['multiplied', 'Mul', [int64(2n ** 40n + 1n), int64(2n ** 40n + 3n)]],
  ['divided', 'Div', [int64(2n ** 62n + 1n, -7n), int64(3n, 2n)]],
  ['the greater of', 'Max', [int64(2n ** 53n + 1n), int64(2n ** 53n)]],
  ['the smaller of', 'Min', [int64(-(2n ** 53n) - 1n), int64(-(2n ** 53n))]],
  ['the rest of', 'Mod', [int64(2n ** 62n + 1n, -7n), int64(1000n, 3n)]],
  ['turned', 'Neg', [int64(...large)]],
  ['without sign', 'Abs', [int64(...large)]],
  ['equal', 'Equal', [int64(2n ** 53n + 1n), int64(2n ** 53n)]],
  ['greater', 'Greater', [int64(2n ** 53n + 1n), int64(2n ** 53n)]],
  ['cast to int32', 'Cast', [int64(2n ** 32n + 5n, 2n ** 31n)], { to: int(6) }],
  ['cast to float32', 'Cast', [int64(2n ** 24n + 1n, 2n ** 60n + 2n ** 36n + 1n)], { to: int(1) }],
  ['summed', 'ReduceSum', [int64(2n ** 53n, 1n), integers(0)]],
  ['multiplied up', 'ReduceProd', [int64(2n ** 30n, 2n ** 30n, 3n)]],
  ['in steps', 'Range', [2n ** 53n + 1n, 2n ** 53n + 4n, 1n].map((value) => scalar(int64(value)))],
  ['int32 added', 'Add', [int32(2 ** 31 - 1), int32(1)]],
  ['int32 subtracted', 'Sub', [int32(-(2 ** 31)), int32(1)]],
  ['int32 multiplied', 'Mul', [int32(123456789, 65537), int32(987654321, 65537)]],
  ['int32 summed', 'ReduceSum', [int32(2 ** 31 - 1, 2 ** 31 - 1, 5), integers(0)]],
  ['int32 multiplied up', 'ReduceProd', [int32(65537, 65537, 65537)]],
  ['int32 picked by one condition', 'Where', [bool(1), int32(1, 2, 3, 4), int32(5, 6, 7, 8)]],
  ['int64 picked by one condition', 'Where', [bool(0), int64(...large), int64(1n, 2n, 3n, 4n)]],
  ['picked by a scalar', 'Where', [scalar(bool(1)), int32(1, 2, 3), int32(7)]],
  ['picked from single ones', 'Where', [bool(1, 0, 1), int64(LARGEST), int64(-1n)]],
]

describe('integers that are computed ahead of time are the same', () => {
  test.each<Case>(cases)('%s: %s', async (_, operator, operands, attributes = {}) => {
    const builder = new GraphBuilder('integers')
    const x = builder.input('x', { dtype: 'float32', shape: ['n'] })
    const inputs = operands.map((operand, index) => builder.initializer(`operand_${index}`, operand))
    const value = builder.node(operator, inputs, attributes)
    // What writes an output stays, so the value itself is none.
    builder.output(
      'exact',
      builder.node(
        'Concat',
        [value, value].map((name) => asRow(builder, name)),
        { axis: int(0) },
      ),
    )
    builder.output('y', builder.node('Neg', [x]))
    const graph = builder.build()
    const optimized = optimizeForInference(graph)
    const feeds = { x: float32([1], [1]) }
    expect((await runGraph(optimized, feeds)).exact).toEqual((await runGraph(graph, feeds)).exact)
  })
})

function asRow(builder: GraphBuilder, value: string): string {
  return builder.node('Reshape', [value, builder.constant(integers(-1))])
}

describe('shapes that a graph computes', () => {
  const open = { dtype: 'float32', shape: ['batch', 4] } as const
  const feeds = { x: float32([2, 4], [1, 2, 3, 4, 5, 6, 7, 8]) }

  test('end a slice with the largest int64, however it gets there', async () => {
    const builder = new GraphBuilder('slice')
    const x = builder.input('x', open)
    const end = builder.node('Unsqueeze', [
      builder.initializer('end', scalar(int64(LARGEST))),
      builder.constant(integers(0)),
    ])
    const ends = builder.node('Concat', [end, builder.constant(integers(3))], { axis: int(0) })
    const axes = builder.constant(integers(0, 1))
    builder.output('y', builder.node('Slice', [x, builder.constant(integers(1, 1)), ends, axes]))
    const optimized = optimizeForInference(builder.build())
    expect(optimized.nodes).toHaveLength(1)
    expect(await runGraph(optimized, feeds)).toEqual({ y: float32([1, 2], [6, 7]) })
  })

  test('are computed where they can be, and unknown where not', async () => {
    const builder = new GraphBuilder('reshape')
    const x = builder.input('x', open)
    const target = builder.input('target', { dtype: 'int64', shape: ['rank'] })
    const negative = builder.node('Neg', [builder.constant(integers(1, -2))])
    builder.output('known', builder.node('Reshape', [x, negative]))
    builder.output('unknown', builder.node('Reshape', [x, target]), { dtype: 'float32', shape: ['a'] })
    builder.output('expanded', builder.node('Expand', [x, target]), { dtype: 'float32', shape: ['b', 'c'] })
    const graph = builder.build()
    expect(graph.valueSpecs.get('known')!.shape).toEqual(['2*batch', 2])
    expect(graph.valueSpecs.has('unknown')).toBe(false)
    expect(graph.valueSpecs.has('expanded')).toBe(false)
  })

  test('choose by a condition of one element, for every element', async () => {
    const builder = new GraphBuilder('where')
    const x = builder.input('x', open)
    const shape = builder.node('Shape', [x])
    const chosen = builder.node('Where', [builder.constant(bool(1)), shape, builder.constant(integers(7, 9))])
    builder.output('y', builder.node('Reshape', [x, chosen]))
    expect(builder.build().outputs[0]!.shape).toEqual(['batch', 4])
  })

  test.each<[DType, bigint, readonly (number | string)[]]>([
    ['int64', 2n ** 40n, ['a', 'b']],
    ['int32', 2n ** 20n, [0, 0]],
  ])('are exact where they are too large, and where %s wraps', (dtype, factor, expected) => {
    const builder = new GraphBuilder('wrapping')
    const x = builder.input('x', { dtype: 'float32', shape: [2 ** 20, 2 ** 20] })
    const lengths = builder.node('Cast', [builder.node('Shape', [x])], { to: int(dtype === 'int64' ? 7 : 6) })
    const by = dtype === 'int64' ? int64(factor) : int32(Number(factor))
    const product = builder.node('Mul', [lengths, builder.constant(by)])
    const wide = builder.node('Cast', [product], { to: int(7) })
    builder.output('y', builder.node('ConstantOfShape', [wide]), { dtype: 'float32', shape: ['a', 'b'] })
    expect(builder.build().outputs[0]!.shape).toEqual(expected)
  })
})
