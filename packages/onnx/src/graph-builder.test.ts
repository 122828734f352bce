import { float32, GantryError, ndarray } from '@gantry/core'
import { describe, expect, test } from 'vitest'
import { attribute } from './graph.ts'
import { GraphBuilder } from './graph-builder.ts'
import { runGraph } from './testing/run-graph.ts'

const f32 = { dtype: 'float32', shape: [2] } as const

function codeOf(action: () => unknown): string | undefined {
  try {
    action()
  } catch (error) {
    return GantryError.isInstance(error) ? error.code : `no Gantry error: ${error}`
  }
  return undefined
}

test('nodes are named after their operator, constants after their hint', () => {
  const builder = new GraphBuilder('names')
  const x = builder.input('x', f32)
  expect(builder.node('Add', [x, x])).toBe('Add_0')
  expect(builder.node('Add', [x, x])).toBe('Add_1')
  expect(builder.node('Neg', [x], {}, { name: 'Neg_0' })).toBe('Neg_0')
  expect(builder.node('Neg', [x])).toBe('Neg_1')
  expect(builder.nodes('Split', [x], 2)).toEqual(['Split_0_0', 'Split_0_1'])
  expect(builder.constant(float32([1], [1]), 'slope')).toBe('slope_0')
})

test('equal constants become one; other dtypes, shapes and signs of zero do not', () => {
  const builder = new GraphBuilder('constants')
  const first = builder.constant(float32([2], [0, 1]))
  expect(builder.constant(float32([2], [0, 1]))).toBe(first)
  const others = [
    builder.constant(float32([2], [-0, 1])),
    builder.constant(float32([1, 2], [0, 1])),
    builder.constant(ndarray('int32', [2], Int32Array.of(0, 0x3f800000))),
    builder.initializer('named', float32([2], [0, 1])),
  ]
  expect(new Set([first, ...others]).size).toBe(5)
})

test('large constants that differ in one element stay apart', () => {
  const builder = new GraphBuilder('large')
  const zeros = ndarray('float32', [100_000])
  const almost = ndarray('float32', [100_000])
  almost.data[77_777] = 1
  expect(builder.constant(almost)).not.toBe(builder.constant(zeros))
  expect(builder.constant(ndarray('float32', [100_000]))).toBe(builder.constant(zeros))
})

describe('outputs', () => {
  test('take the name they are given, also where the value is read again', async () => {
    const builder = new GraphBuilder('outputs')
    const x = builder.input('x', f32)
    const doubled = builder.node('Add', [x, x])
    builder.output('y', doubled)
    builder.output('z', builder.node('Neg', [doubled]))
    builder.output('again', doubled)
    builder.output('input', x)
    builder.output('weight', builder.initializer('w', float32([1], [7])))
    const graph = builder.build()
    expect(graph.nodes.map(({ operator }) => operator)).toEqual(['Add', 'Neg', 'Identity', 'Identity', 'Identity'])
    const results = await runGraph(graph, { x: float32([2], [1, 2]) })
    const values = Object.fromEntries(Object.entries(results).map(([name, { data }]) => [name, [...data]]))
    expect(values).toEqual({ y: [2, 4], z: [-2, -4], again: [2, 4], input: [1, 2], weight: [7] })
  })

  test('need a spec where nothing can be inferred', () => {
    const builder = new GraphBuilder('foreign')
    builder.output('y', builder.node('Secret', [builder.input('x', f32)]))
    expect(codeOf(() => builder.build())).toBe('OUTPUT_SPEC_UNKNOWN')
  })
})

test('names that are taken, and values that do not exist, are refused', () => {
  const builder = new GraphBuilder('mistakes')
  const x = builder.input('x', f32)
  expect(codeOf(() => builder.input('x', f32))).toBe('NAME_DUPLICATE')
  expect(codeOf(() => builder.initializer('x', float32([], [1])))).toBe('NAME_DUPLICATE')
  expect(codeOf(() => builder.input('', f32))).toBe('NAME_DUPLICATE')
  builder.node('Neg', [x], {}, { name: 'negated' })
  expect(codeOf(() => builder.node('Abs', [x], {}, { name: 'negated' }))).toBe('NAME_DUPLICATE')
  expect(codeOf(() => builder.output('x', 'negated'))).toBe('NAME_DUPLICATE')
  expect(() => builder.node('Neg', ['negate'])).toThrow(
    "Graph 'mistakes': Neg reads 'negate', which no input, initializer or earlier node makes. Did you mean 'negated'?",
  )
})

test('absent inputs, domains and attributes reach the node', () => {
  const builder = new GraphBuilder('node')
  const x = builder.input('x', f32)
  const high = builder.constant(float32([], [1]))
  builder.output('y', builder.node('Clip', [x, undefined, high]))
  builder.node('Gelu', [x], { approximate: attribute.string('tanh') }, { domain: 'com.microsoft' })
  const [clip, gelu] = builder.build().nodes
  expect(clip!.inputs).toEqual(['x', '', high])
  expect(clip).not.toHaveProperty('domain')
  expect(gelu).toMatchObject({
    domain: 'com.microsoft',
    attributes: { approximate: { type: 'string', value: 'tanh' } },
  })
})
