import { type NDArray, ndarray, RandomStream, type TensorSpec } from '@gantry/core'
import { describe, expect, test } from 'vitest'
import { attribute } from '../graph.ts'
import { GraphBuilder } from '../graph-builder.ts'
import { operatorCases } from '../testing/operator-cases.ts'
import { integers, runGraph } from '../testing/run-graph.ts'
import { evaluateGraph } from './evaluate-graph.ts'
import { evaluateNode } from './evaluate-node.ts'
import { evaluations } from './registry.ts'

/** Functions that ONNX Runtime approximates, and sums whose order it chooses. */
const APPROXIMATE =
  /^(Cos|Exp|Gemm|Log|MatMul|Pow|Reciprocal|Reduce(L1|L2|Mean|Prod|Sum|SumSquare)|Sigmoid|Sin|Softplus|Tan|Tanh)$/

/** Numbers of both signs, none of them zero where something may be divided by it. */
function draw({ dtype, shape }: TensorSpec, seed: string): NDArray {
  const random = new RandomStream(7, seed)
  const array = ndarray(dtype, shape as number[])
  for (let index = 0; index < array.data.length; index++) {
    const sign = random.integer(2) === 0 ? -1 : 1
    const value = dtype.startsWith('float') ? sign * (0.1 + random.uniform() * 3) : sign * (1 + random.integer(2))
    array.data[index] = dtype === 'int64' ? BigInt(value) : dtype === 'bool' ? random.integer(2) : value
  }
  return array
}

/** Cases that no evaluation computes, by operator. */
const leftToTheEngine: string[] = []

const cases = operatorCases.filter(({ operator }) => evaluations.has(operator))

function compare(operator: string, actual: NDArray, expected: NDArray): void {
  expect({ ...actual, data: undefined }).toEqual({ ...expected, data: undefined })
  if (!APPROXIMATE.test(operator)) expect(actual.data).toEqual(expected.data)
  for (const [index, value] of expected.data.entries()) {
    const own = Number(actual.data[index])
    if (Object.is(own, value)) continue
    expect(Math.abs(own - Number(value))).toBeLessThan(2e-6 * Math.max(1, Math.abs(Number(value))))
  }
}

describe('what is computed ahead is what ONNX Runtime computes', () => {
  test('every operator of the table is tested', () => {
    const tested = new Set(cases.map(({ operator }) => operator))
    expect([...evaluations.keys()].filter((operator) => !tested.has(operator))).toEqual([])
  })

  test.each(cases.map((each, index) => [`${index} ${each.operator}`, each] as const))('%s', async (name, each) => {
    const { operator, operands, attributes = {}, outputs = 1 } = each
    const arrays = new Map<string, NDArray>()
    const builder = new GraphBuilder(operator)
    const feeds: Record<string, NDArray> = {}
    const inputs = operands.map((operand, index) => {
      if (operand === undefined) return undefined
      const input = `input_${index}`
      const array = 'data' in operand ? operand : draw(operand, `${name} ${index}`)
      arrays.set(input, array)
      if ('data' in operand) return builder.initializer(input, operand)
      feeds[input] = array
      return builder.input(input, operand)
    })
    const values = builder.nodes(operator, inputs, outputs, attributes)
    for (const [index, value] of values.entries()) builder.output(`output_${index}`, value)
    const graph = builder.build()
    const node = graph.nodes[0]!
    const expected = await runGraph(graph, feeds)
    const actual = evaluateNode(node, arrays, 1e6)
    if (actual === undefined) return void leftToTheEngine.push(operator)
    for (const [index, output] of actual.entries()) compare(operator, output, expected[node.outputs[index]!]!)
  })
})

test('left to the engine are products of other ranks, mirrored and cutting pads, and integer exponents', () => {
  expect(leftToTheEngine).toEqual(['Pow', 'Pad', 'Pad', 'MatMul', 'MatMul', 'MatMul', 'MatMul'])
})

describe('arithmetic of each dtype, bit for bit', () => {
  test.each(
    (['float32', 'int32', 'int64'] as const).flatMap((dtype) =>
      ['Add', 'Sub', 'Mul', 'Div', 'Min', 'Max', 'Mod', 'Neg', 'Abs', 'Sign'].map(
        (operator) => [operator, dtype] as const,
      ),
    ),
  )('%s of %s', async (operator, dtype) => {
    const binary = !['Neg', 'Abs', 'Sign'].includes(operator)
    const operands = [draw({ dtype, shape: [40, 1] }, 'left'), draw({ dtype, shape: [50] }, 'right')].slice(
      0,
      binary ? 2 : 1,
    )
    const builder = new GraphBuilder(operator)
    const names = operands.map((array, index) => builder.input(`x${index}`, array))
    const attributes = operator === 'Mod' && dtype === 'float32' ? { fmod: attribute.int(1) } : {}
    builder.output('y', builder.node(operator, names, attributes))
    const graph = builder.build()
    const arrays = new Map(names.map((name, index) => [name, operands[index]!]))
    const expected = await runGraph(graph, Object.fromEntries(arrays))
    expect(evaluateNode(graph.nodes[0]!, arrays, 1e6)![0]!.data).toEqual(expected.y!.data)
  })
})

test('float32 is rounded after every step of a sum', async () => {
  const operands = ['a', 'b', 'c', 'd'].map((seed) => draw({ dtype: 'float32', shape: [500] }, seed))
  const builder = new GraphBuilder('sum')
  const names = operands.map((array, index) => builder.input(`x${index}`, array))
  builder.output('y', builder.node('Sum', names))
  const graph = builder.build()
  const arrays = new Map(names.map((name, index) => [name, operands[index]!]))
  const { y } = await runGraph(graph, Object.fromEntries(arrays))
  expect(evaluateNode(graph.nodes[0]!, arrays, 1e6)![0]!.data).toEqual(y!.data)
})

test('integers wrap around, and nothing is divided by zero', () => {
  const compute = (operator: string, left: NDArray, right: NDArray) =>
    evaluateNode(
      { operator, name: 'n', inputs: ['a', 'b'], outputs: ['y'], attributes: {} },
      new Map([
        ['a', left],
        ['b', right],
      ]),
      100,
    )?.[0]?.data
  const int32 = (...values: number[]) => ndarray('int32', [values.length], Int32Array.from(values))
  expect(compute('Mul', int32(2 ** 30 + 1), int32(12))).toEqual(Int32Array.of(12))
  expect(compute('Add', int32(2 ** 31 - 1), int32(1))).toEqual(Int32Array.of(-(2 ** 31)))
  expect(compute('Div', int32(1), int32(0))).toBeUndefined()
  expect(compute('Div', integers(-7), integers(2))).toEqual(BigInt64Array.of(-3n))
  expect(compute('Mod', integers(-7), integers(2))).toEqual(BigInt64Array.of(1n))
})

test('a result above the size limit is not computed', () => {
  const node = { operator: 'Expand', name: 'e', inputs: ['x', 'shape'], outputs: ['y'], attributes: {} }
  const arrays = new Map<string, NDArray>([
    ['x', ndarray('float32', [1])],
    ['shape', integers(100)],
  ])
  expect(evaluateNode(node, arrays, 399)).toBeUndefined()
  expect(evaluateNode(node, arrays, 400)?.[0]?.shape).toEqual([100])
})

test('a graph of an older operator set is evaluated as what it means there', () => {
  const builder = new GraphBuilder('old')
  const x = builder.input('x', { dtype: 'float32', shape: [3] })
  builder.output('y', builder.node('Clip', [x], { min: attribute.float(-1), max: attribute.float(1) }))
  const graph = { ...builder.build(), operatorSets: new Map([['', 6]]) }
  const feeds = { x: ndarray('float32', [3], Float32Array.of(-5, 0.5, 5)) }
  expect(Object.values(evaluateGraph(graph, feeds)!)[0]!.data).toEqual(Float32Array.of(-1, 0.5, 1))
  expect(evaluateGraph({ ...graph, operatorSets: new Map([['', 99]]) }, feeds)).toBeUndefined()
})
