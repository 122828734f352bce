import { float32, type NDArray, ndarray, type TensorSpec } from '@gantry/core'
import { describe, expect, it, test } from 'vitest'
import { decodeModel } from '../codec/decode-model.ts'
import { encodeModel } from '../codec/encode-model.ts'
import { type Attributes, attribute, type Graph, type Node } from '../graph.ts'
import { inferShapes } from '../infer-shapes.ts'
import { createModel } from '../model.ts'
import { OPSET, opsetOf } from '../operator-sets.ts'
import { optimizeForInference } from '../passes/optimize-for-inference.ts'
import { optimizeForTraining } from '../passes/training/optimize-for-training.ts'
import { integers, runGraph, sampleOf } from '../testing/run-graph.ts'
import { upgradeGraph } from './upgrade-graph.ts'

const { int, ints, float, floats, string } = attribute
const f32 = (...shape: (number | string)[]): TensorSpec => ({ dtype: 'float32', shape })

type Operand = TensorSpec | NDArray | undefined

/** One node of an operator set, over inputs and constants. */
function graphOf(
  opset: number,
  operator: string,
  operands: readonly Operand[],
  attributes: Attributes = {},
  outputs: readonly (TensorSpec | undefined)[] = [f32('a', 'b')],
): Graph {
  const named = operands.map((operand, index) => [operand === undefined ? '' : `x${index}`, operand] as const)
  const constants = named.flatMap(([name, operand]) => (operand && 'data' in operand ? [[name, operand] as const] : []))
  return {
    name: 'old',
    inputs: named.flatMap(([name, operand]) => (operand && !('data' in operand) ? [{ name, ...operand }] : [])),
    outputs: outputs.flatMap((spec, index) => (spec === undefined ? [] : [{ name: `y${index}`, ...spec }])),
    initializers: new Map(constants),
    nodes: [
      {
        operator,
        name: 'node',
        inputs: named.map(([name]) => name),
        outputs: outputs.map((spec, index) => (spec === undefined ? '' : `y${index}`)),
        attributes,
      },
    ],
    valueSpecs: new Map(),
    operatorSets: new Map([['', opset]]),
  }
}

const rank3 = f32('a', 'b', 'c')
const rank4 = f32('a', 'b', 'c', 'd')
const perChannel = (value: number) => float32([3], [value, value + 1, value + 2])

/** What an older set means by a node; ONNX Runtime still computes these sets itself. */
const cases: readonly (readonly [string, Graph])[] = [
  ...[7, 11, 12].flatMap((opset) => [
    ['Softmax over all axes but the first', graphOf(opset, 'Softmax', [f32(2, 3, 4)], {}, [rank3])] as const,
    ['Softmax over everything', graphOf(opset, 'Softmax', [f32(2, 3, 4)], { axis: int(0) }, [rank3])] as const,
    ['LogSoftmax', graphOf(opset, 'LogSoftmax', [f32('n', 3, 4)], { axis: int(1) }, [rank3])] as const,
    ['Hardmax', graphOf(opset, 'Hardmax', [f32(2, 3, 4)], { axis: int(1) }, [rank3])] as const,
  ]),
  ['Softmax over the last axis', graphOf(9, 'Softmax', [f32(2, 3, 4)], { axis: int(2) }, [rank3])],
  ['Clip both', graphOf(9, 'Clip', [f32(2, 9)], { min: float(0.4), max: float(0.9) })],
  ['Clip above', graphOf(6, 'Clip', [f32(2, 9)], { max: float(0.9) })],
  ['Clip not at all', graphOf(7, 'Clip', [f32(2, 9)])],
  ['Dropout', graphOf(7, 'Dropout', [f32(2, 3)], { ratio: float(0.9) })],
  ['Dropout', graphOf(10, 'Dropout', [f32(2, 3)], { ratio: float(0.9) })],
  [
    'BatchNormalization',
    graphOf(
      8,
      'BatchNormalization',
      [f32(2, 3, 2, 2), perChannel(1), perChannel(2), perChannel(3), perChannel(4)],
      { epsilon: float(0.5) },
      [rank4],
    ),
  ],
  ['Upsample by attribute', graphOf(7, 'Upsample', [f32(1, 1, 2, 3)], { scales: floats([1, 1, 2, 3]) }, [rank4])],
  [
    'Upsample by input',
    graphOf(9, 'Upsample', [f32(1, 1, 2, 3), float32([4], [1, 1, 2, 1.5])], { mode: string('linear') }, [rank4]),
  ],
  ['Upsample nearest', graphOf(9, 'Upsample', [f32(1, 1, 2, 3), float32([4], [1, 1, 2, 1.5])], {}, [rank4])],
  ['Resize', graphOf(10, 'Resize', [f32(1, 1, 4, 4), float32([4], [1, 1, 2, 2])], {}, [rank4])],
  [
    'Resize smaller',
    graphOf(10, 'Resize', [f32(1, 1, 4, 4), float32([4], [1, 1, 0.6, 0.6])], { mode: string('linear') }, [rank4]),
  ],
  ['Pad', graphOf(7, 'Pad', [f32(2, 3)], { pads: ints([1, 0, 0, 2]), value: float(7) })],
  ['Pad mirrored', graphOf(10, 'Pad', [f32(2, 3)], { pads: ints([1, 0, 0, 2]), mode: string('reflect') })],
  ['Slice', graphOf(7, 'Slice', [f32(4, 5)], { starts: ints([1]), ends: ints([2 ** 63]), axes: ints([1]) })],
  ['Slice without axes', graphOf(9, 'Slice', [f32(4, 5)], { starts: ints([1, -3]), ends: ints([3, -1]) })],
  ['Squeeze', graphOf(11, 'Squeeze', [f32(2, 1, 3)], { axes: ints([-2]) })],
  ['Unsqueeze', graphOf(11, 'Unsqueeze', [f32(3)], { axes: ints([-2]) })],
  ['ReduceSum', graphOf(11, 'ReduceSum', [f32(2, 3)], { axes: ints([-1]) })],
  ['ReduceSum of all', graphOf(11, 'ReduceSum', [f32(2, 3)])],
  ['TopK', graphOf(7, 'TopK', [f32(2, 5)], { k: int(2) }, [f32('a', 'b'), { dtype: 'int64', shape: ['a', 'b'] }])],
  ['Split', graphOf(11, 'Split', [f32(2, 5)], { split: ints([1, 4]), axis: int(1) }, [f32('a', 'b'), f32('c', 'd')])],
  ['Split in equal parts', graphOf(7, 'Split', [f32(4, 5)], {}, [f32('a', 'b'), f32('c', 'd')])],
  ['Scatter', graphOf(9, 'Scatter', [f32(2, 3), integers(1, 0), float32([2], [8, 9])].map(asRow), { axis: int(1) })],
  [
    'RoiAlign',
    graphOf(
      10,
      'RoiAlign',
      [f32(1, 1, 6, 6), float32([1, 4], [1, 1, 4, 5]), integers(0)],
      { output_height: int(2), output_width: int(3), sampling_ratio: int(2) },
      [rank4],
    ),
  ],
]

/** Scatter takes indices and updates of the data's rank. */
function asRow(operand: TensorSpec | NDArray): TensorSpec | NDArray {
  return 'data' in operand ? { ...operand, shape: [1, ...operand.shape] } : operand
}

describe('a graph of an older operator set', () => {
  test.each(cases)('%s means the same afterwards', async (_, graph) => {
    const upgraded = upgradeGraph(graph)
    expect(opsetOf(upgraded)).toBe(OPSET)
    const feeds = Object.fromEntries(graph.inputs.map((input) => [input.name, sampleOf(input)]))
    const expected = await runGraph(graph, feeds)
    expect(await runGraph(upgraded, feeds)).toEqual(expected)
    expect(await runGraph(decodeModel(encodeModel(createModel(upgraded))).graph, feeds)).toEqual(expected)
    const optimized = await runGraph(optimizeForInference(graph), feeds)
    for (const { name } of graph.outputs) {
      expect(optimized[name]!.shape).toEqual(expected[name]!.shape)
      for (const [index, value] of optimized[name]!.data.entries()) {
        expect(Number(value)).toBeCloseTo(Number(expected[name]!.data[index]), 5)
      }
    }
    const inferred = inferShapes({ ...graph, valueSpecs: new Map() })
    expect(inferred.nodes).toEqual(graph.nodes)
    for (const { name, dtype, shape } of inferred.outputs) {
      expect(dtype).toBe(expected[name]!.dtype)
      for (const [axis, length] of shape.entries()) {
        if (typeof length === 'number') expect(length).toBe(expected[name]!.shape[axis])
      }
    }
  })

  // Older than ONNX Runtime computes, so the right numbers are written down.
  test.each<[string, Graph, Record<string, NDArray>, readonly number[]]>([
    [
      'a second operand on axes from the front',
      graphOf(6, 'Add', [f32(2, 3, 2), float32([3], [10, 20, 30])], { broadcast: int(1), axis: int(1) }, [rank3]),
      { x0: float32([2, 3, 2], [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]) },
      [11, 12, 23, 24, 35, 36, 17, 18, 29, 30, 41, 42],
    ],
    [
      'a second operand on the last axes',
      graphOf(1, 'Sub', [f32(2, 2), float32([2], [1, 2])], { broadcast: int(1), consumed_inputs: ints([0, 0]) }),
      { x0: float32([2, 2], [1, 2, 3, 4]) },
      [0, 0, 2, 2],
    ],
    [
      'slopes by channel',
      graphOf(6, 'PRelu', [f32(1, 2, 2), float32([2], [0.5, 0.25])], {}, [rank3]),
      { x0: float32([1, 2, 2], [-1, 1, -4, 2]) },
      [-0.5, 1, -1, 2],
    ],
    [
      'a dtype by its name',
      graphOf(5, 'Cast', [f32(1, 2)], { to: string('INT32') }, [{ dtype: 'int32', shape: ['a', 'b'] }]),
      { x0: float32([1, 2], [1.5, -2.5]) },
      [1, -2],
    ],
    [
      'a shape by attribute',
      graphOf(1, 'Reshape', [f32(2, 2)], { shape: ints([1, -1]), consumed_inputs: ints([0]) }),
      { x0: float32([2, 2], [1, 2, 3, 4]) },
      [1, 2, 3, 4],
    ],
    [
      'an axis that was not said',
      graphOf(1, 'Concat', [f32(1, 1), float32([1, 1], [5])]),
      { x0: float32([1, 1], [4]) },
      [4, 5],
    ],
  ])('%s', async (_, graph, feeds, expected) => {
    const upgraded = upgradeGraph(graph)
    expect(opsetOf(upgraded)).toBe(OPSET)
    const { y0 } = await runGraph(optimizeForInference(upgraded), feeds)
    expect([...y0!.data].map(Number)).toEqual(expected)
  })

  it('is not mistaken when transposes move through its Softmax', async () => {
    const inner = graphOf(11, 'Softmax', [f32(1, 2, 3, 4)], { axis: int(1) }, [rank4])
    const transpose = (input: string, output: string, perm: readonly number[]): Node => ({
      operator: 'Transpose',
      name: output,
      inputs: [input],
      outputs: [output],
      attributes: { perm: ints(perm) },
    })
    const [softmax] = inner.nodes as [Node]
    const graph: Graph = {
      ...inner,
      nodes: [
        transpose('x0', 't', [0, 2, 3, 1]),
        { ...softmax, inputs: ['t'], outputs: ['s'] },
        transpose('s', 'y0', [0, 3, 1, 2]),
      ],
    }
    const feeds = { x0: sampleOf(f32(1, 2, 3, 4)) }
    const [expected, optimized] = [await runGraph(graph, feeds), await runGraph(optimizeForInference(graph), feeds)]
    for (const [index, value] of optimized.y0!.data.entries()) {
      expect(Number(value)).toBeCloseTo(Number(expected.y0!.data[index]), 6)
    }
  })

  it('is upgraded in the bodies of its control flow, too', async () => {
    const body = (limit: number): Graph => ({
      ...graphOf(9, 'Clip', [], { max: float(limit) }, [f32('a', 'b')]),
      nodes: [
        {
          operator: 'Clip',
          name: `clip_${limit}`,
          inputs: ['x1'],
          outputs: [`inner_${limit}`],
          attributes: { max: float(limit) },
        },
      ],
      outputs: [{ name: `inner_${limit}`, ...f32('a', 'b') }],
    })
    const graph = graphOf(9, 'If', [{ dtype: 'bool', shape: [] }, f32(1, 2)], {
      then_branch: attribute.graph(body(1)),
      else_branch: attribute.graph(body(2)),
    })
    const old: Graph = { ...graph, nodes: graph.nodes.map((node) => ({ ...node, inputs: ['x0'] })) }
    expect(opsetOf(upgradeGraph(old))).toBe(OPSET)
    const feeds = { x0: ndarray('bool', [], Uint8Array.of(1)), x1: float32([1, 2], [0.5, 3]) }
    expect((await runGraph(optimizeForInference(old), feeds)).y0).toEqual(float32([1, 2], [0.5, 1]))
  })
})

describe('kept as it is', () => {
  const mask = [f32('a', 'b'), f32('a', 'b')]
  test.each<[string, Graph]>([
    ['a Dropout whose mask is read', graphOf(7, 'Dropout', [f32(2, 3)], {}, mask)],
    ['a Dropout that drops', graphOf(6, 'Dropout', [f32(2, 3)])],
    [
      'a BatchNormalization of the batch',
      graphOf(9, 'BatchNormalization', [f32(2, 3), ...[1, 1, 1, 1].map(perChannel)], {}, [f32('a', 'b'), f32(3)]),
    ],
    ['a Resize that shrinks', graphOf(10, 'Resize', [f32(1, 1, 4, 4), float32([4], [1, 1, 0.6, 0.6])], {}, [rank4])],
    ['an experimental operator', graphOf(9, 'ScaledTanh', [f32(2, 3)])],
    ['an operator set that is not known yet', graphOf(99, 'Clip', [f32(2, 3), float32([], [0])])],
    ['no operator set at all', graphOf(0, 'Neg', [f32(2, 3)])],
    [
      'a redefined operator',
      { ...graphOf(17, 'Neg', [f32(2, 3)]), functions: [{ domain: '', name: 'Neg', bytes: Uint8Array.of() }] },
    ],
  ])('%s', (_, graph) => {
    expect(upgradeGraph(graph)).toBe(graph)
    expect(optimizeForInference(graph)).toBe(graph)
    expect(optimizeForTraining(graph)).toBe(graph)
    // Nothing is concluded from a name whose meaning is not known.
    expect(inferShapes(graph).valueSpecs.size).toBe(0)
    const { graph: again } = decodeModel(encodeModel(createModel(graph)))
    expect(again.nodes).toEqual(graph.nodes)
    expect(opsetOf(again)).toBe(opsetOf(graph))
  })
})

describe('a newer operator set', () => {
  test.each<[string, Graph]>([
    [
      'a Split with a smaller rest',
      graphOf(18, 'Split', [f32(7)], { num_outputs: int(3) }, [f32('a'), f32('b'), f32('c')]),
    ],
    [
      'a Resize of some axes',
      graphOf(18, 'Resize', [f32(1, 1, 4, 4), undefined, float32([2], [2, 3])], { axes: ints([2, 3]) }, [rank4]),
    ],
    [
      'a Resize that keeps the ratio',
      graphOf(
        18,
        'Resize',
        [f32(1, 1, 4, 8), undefined, undefined, integers(6, 6)],
        { axes: ints([2, 3]), keep_aspect_ratio_policy: string('not_larger') },
        [rank4],
      ),
    ],
    ['a ReduceMean with axes as input', graphOf(18, 'ReduceMean', [f32(2, 3), integers(1)])],
    ['a Pad of some axes', graphOf(18, 'Pad', [f32(2, 3), integers(1, 2), undefined, integers(1)])],
  ])('%s', async (_, graph) => {
    const feeds = Object.fromEntries(graph.inputs.map((input) => [input.name, sampleOf(input)]))
    const expected = await runGraph(graph, feeds)
    const optimized = optimizeForInference(graph)
    expect(opsetOf(optimized)).toBe(18)
    expect(await runGraph(optimized, feeds)).toEqual(expected)
    for (const { name, shape } of inferShapes(graph).outputs) {
      for (const [axis, length] of shape.entries()) {
        if (typeof length === 'number') expect(length).toBe(expected[name]!.shape[axis])
      }
    }
  })
})

describe('a file', () => {
  it('keeps the versions of all its operator sets', () => {
    const graph = graphOf(11, 'Own', [f32(2, 3)])
    const own: Graph = {
      ...graph,
      nodes: graph.nodes.map((node) => ({ ...node, domain: 'com.example' })),
      operatorSets: new Map([
        ['', 11],
        ['com.example', 3],
        ['ai.onnx.ml', 2],
      ]),
    }
    const decoded = decodeModel(encodeModel(createModel(own)))
    expect(decoded.opset).toBe(11)
    expect(decoded.graph.operatorSets).toEqual(own.operatorSets)
    expect(decodeModel(encodeModel({ ...decoded, graph: optimizeForInference(decoded.graph) })).opset).toBe(OPSET)
  })
  it('of IR version 3 gets the version whose rules it keeps', () => {
    const model = createModel(graphOf(9, 'Add', [f32(1, 2), float32([2], [1, 2])]))
    expect(decodeModel(encodeModel({ ...model, irVersion: 3 })).irVersion).toBe(4)
    expect(decodeModel(encodeModel({ ...model, irVersion: 10 })).irVersion).toBe(10)
  })
})
