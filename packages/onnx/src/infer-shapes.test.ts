import {
  type Dimension,
  describeSpec,
  float32,
  GantryError,
  type NamedTensorSpec,
  type NDArray,
  type TensorSpec,
} from '@gantry/core'
import { describe, expect, test } from 'vitest'
import { type Attributes, attribute, type Graph } from './graph.ts'
import { GraphBuilder } from './graph-builder.ts'
import { inferShapes } from './infer-shapes.ts'
import { inferences } from './inference/registry.ts'
import { type OperatorCase, operatorCases } from './testing/operator-cases.ts'
import { integer, integers, runGraph, sampleOf } from './testing/run-graph.ts'

/** The length that an axis is to be called by its symbol. */
interface SymbolicAxis {
  readonly input: string
  readonly axis: number
}

/** A graph of one node; one axis of one input may be symbolic. */
function graphOf({ operator, operands, attributes, outputs = 1 }: OperatorCase, symbolic?: SymbolicAxis): Graph {
  const builder = new GraphBuilder(operator)
  const inputs = operands.map((operand, index) => {
    if (operand === undefined || 'data' in operand) return operand && builder.constant(operand as NDArray)
    const name = `input${index}`
    const shape = symbolic?.input === name ? operand.shape.with(symbolic.axis, 'symbol') : operand.shape
    return builder.input(name, { ...operand, shape })
  })
  const values = builder.nodes(operator, inputs, outputs, attributes)
  for (const [index, value] of values.entries()) builder.output(`output${index}`, value)
  return builder.build()
}

/** The inferred outputs; none where the symbol decides the rank. */
function outputsOf(operatorCase: OperatorCase, symbolic: SymbolicAxis): readonly NamedTensorSpec[] {
  try {
    return graphOf(operatorCase, symbolic).outputs
  } catch (error) {
    const decidesRank = ['GatherND', 'Squeeze'].includes(operatorCase.operator)
    if (decidesRank && GantryError.isInstance(error) && error.code === 'OUTPUT_SPEC_UNKNOWN') return []
    throw error
  }
}

function feedsOf(graph: Graph): Record<string, NDArray> {
  return Object.fromEntries(
    graph.inputs.map((input) => {
      const sample = sampleOf(input)
      // All index operands of the cases are in range when they are 0 or 1.
      return [
        input.name,
        input.dtype === 'int64' ? { ...sample, data: (sample.data as BigInt64Array).map((v) => v % 2n) } : sample,
      ]
    }),
  )
}

/** The number that an expression stands for; undefined when it has other symbols. */
function evaluate(dimension: Dimension, symbol: number): number | undefined {
  if (typeof dimension === 'number') return dimension
  try {
    return Function('symbol', 'floor', 'max', 'min', `return ${dimension}`)(symbol, Math.floor, Math.max, Math.min)
  } catch {
    return undefined
  }
}

describe('every operator agrees with ONNX Runtime', () => {
  test.each(operatorCases.map((operatorCase, index) => [`${operatorCase.operator} ${index}`, operatorCase] as const))(
    '%s',
    async (_, operatorCase) => {
      const graph = graphOf(operatorCase)
      const results = await runGraph(graph, feedsOf(graph))
      for (const { name, dtype, shape } of graph.outputs) {
        const actual = results[name]!
        const known = shape.map((length, axis) => (typeof length === 'number' ? length : actual.shape[axis]!))
        expect(describeSpec({ dtype, shape: known }), name).toBe(describeSpec(actual))
        if (operatorCase.operator !== 'NonZero') expect(shape, 'nothing is left open').toEqual(known)
      }

      for (const input of graph.inputs) {
        for (const [axis, length] of input.shape.entries()) {
          for (const { name, dtype, shape } of outputsOf(operatorCase, { input: input.name, axis })) {
            const actual = results[name]!
            const evaluated = shape.map(
              (dimension, outputAxis) => evaluate(dimension, Number(length)) ?? actual.shape[outputAxis]!,
            )
            const message = `${name} is ${describeSpec({ dtype, shape })} with axis ${axis} of ${input.name} symbolic`
            expect(describeSpec({ dtype, shape: evaluated }), message).toBe(describeSpec(actual))
          }
        }
      }
    },
  )

  test('the cases cover every operator that can be inferred', () => {
    const covered = new Set(operatorCases.map(({ operator }) => operator))
    const untested = ['BitShift', 'RNN', 'RandomNormalLike', 'RandomUniform']
    expect([...inferences.keys()].filter((operator) => !covered.has(operator)).sort()).toEqual(untested)
  })
})

describe('symbolic lengths', () => {
  const build = (record: (builder: GraphBuilder) => string, shape: readonly Dimension[] = ['batch', 3, 4]) => {
    const builder = new GraphBuilder('symbolic')
    builder.input('x', { dtype: 'float32', shape })
    builder.output('y', record(builder))
    return builder.build().outputs[0]!.shape
  }

  test('a batch survives a reshape, its product too', () => {
    expect(build((b) => b.node('Reshape', ['x', b.constant(integers(-1, 12))]))).toEqual(['batch', 12])
    expect(build((b) => b.node('Reshape', ['x', b.constant(integers(-1))]))).toEqual(['12*batch'])
    expect(
      build((b) => {
        const flat = b.node('Reshape', ['x', b.constant(integers(-1, 2))])
        return b.node('Reshape', [flat, b.constant(integers(-1, 3, 4))])
      }),
    ).toEqual(['batch', 3, 4])
  })

  test('shapes that the graph computes are followed', () => {
    expect(
      build((b) => {
        const length = b.node('Gather', [b.node('Shape', ['x']), b.constant(integer(0))])
        const doubled = b.node('Mul', [length, b.constant(integer(2))])
        const axis = b.node('Unsqueeze', [doubled, b.constant(integers(0))])
        const target = b.node('Concat', [axis, b.constant(integers(6))], { axis: attribute.int(0) })
        return b.node('Reshape', ['x', target])
      }),
    ).toEqual(['2*batch', 6])
    expect(
      build((b) => {
        const shape = b.node('Shape', ['x'])
        const tail = b.node('Slice', [shape, b.constant(integers(1)), b.constant(integers(3))])
        const front = b.node('Slice', [shape, b.constant(integers(0)), b.constant(integers(1))])
        const more = b.node('Add', [front, b.constant(integers(1))])
        return b.node('ConstantOfShape', [b.node('Concat', [tail, more], { axis: attribute.int(0) })])
      }),
    ).toEqual([3, 4, 'batch+1'])
  })

  test('sums cancel', () => {
    expect(
      build((b) => {
        const longer = b.node('Concat', ['x', 'x'], { axis: attribute.int(0) })
        return b.node('Slice', [longer, b.constant(integers(0)), b.constant(integers(-1)), b.constant(integers(0))])
      }),
    ).toEqual(['2*batch-1', 3, 4])
  })

  test('a stride halves a symbolic height', () => {
    const conv = (b: GraphBuilder) =>
      b.node('Conv', ['x', b.initializer('w', float32([1, 1, 4, 4], new Array(16).fill(1)))], {
        strides: attribute.ints([2, 2]),
        pads: attribute.ints([1, 1, 1, 1]),
      })
    expect(build(conv, ['n', 1, '2*h', 8])).toEqual(['n', 1, 'h', 4])
    expect(build(conv, ['n', 1, 'h', 8])).toEqual(['n', 1, 'floor((h)/(2))', 4])
  })

  test('a computed shape of unknown content gives its rank', () => {
    const builder = new GraphBuilder('rank')
    builder.input('x', { dtype: 'float32', shape: ['n'] })
    builder.input('shape', { dtype: 'int64', shape: [2] })
    builder.output('y', builder.node('Reshape', ['x', 'shape'], {}, { name: 'r' }))
    expect(builder.build().outputs[0]!.shape).toEqual(['y_axis0', 'y_axis1'])
  })
})

describe('what cannot fit is refused', () => {
  const f32 = (...shape: readonly number[]): TensorSpec => ({ dtype: 'float32', shape })
  const cases: readonly (readonly [string, readonly (TensorSpec | NDArray)[], Attributes, string, RegExp])[] = [
    [
      'Add',
      [f32(2, 3), f32(4)],
      {},
      'SHAPE_MISMATCH',
      /^Add 'it' \(i0, i1\): \[2,3\] and \[4\] do not broadcast: 3 against 4\./,
    ],
    [
      'Add',
      [f32(2), { dtype: 'int64', shape: [2] }],
      {},
      'DTYPE_MISMATCH',
      /float32\[2\] but input 1 is int64\[2\]\. Cast/,
    ],
    [
      'Conv',
      [f32(8, 3, 9, 9), f32(2, 4, 3, 3)],
      {},
      'SHAPE_MISMATCH',
      /has 3 channels \(shape \[8,3,9,9\]\) but the kernel \[2,4,3,3\] expects 4/,
    ],
    [
      'Conv',
      [f32(1, 1, 2, 2), f32(1, 1, 3, 3)],
      {},
      'SHAPE_MISMATCH',
      /a kernel of 3 .* is longer than the padded input, 2/,
    ],
    [
      'Conv',
      [f32(1, 1, 4, 4), f32(1, 1, 3, 3)],
      { pads: attribute.ints([1, 1]) },
      'SHAPE_MISMATCH',
      /'pads' has 2 numbers \(1, 1\) but needs 4/,
    ],
    ['ConvTranspose', [f32(1, 2, 4, 4), f32(3, 2, 3, 3)], {}, 'SHAPE_MISMATCH', /has 2 channels/],
    ['MatMul', [f32(2, 3), f32(4, 5)], {}, 'SHAPE_MISMATCH', /\[2,3\] has 3 columns but \[4,5\] has 4 rows/],
    ['Gemm', [f32(2, 3), f32(3, 5), f32(4)], {}, 'SHAPE_MISMATCH', /4/],
    [
      'Reshape',
      [f32(2, 3), integers(4, 2)],
      {},
      'SHAPE_MISMATCH',
      /\[2,3\] has another size than the new shape \[4,2\]/,
    ],
    ['Reshape', [f32(2, 3), integers(4, -1)], {}, 'SHAPE_MISMATCH', /another size/],
    ['Concat', [f32(2, 3), f32(2, 4)], { axis: attribute.int(0) }, 'SHAPE_MISMATCH', /differ in another axis than 0/],
    ['Concat', [f32(2, 3)], { axis: attribute.int(2) }, 'SHAPE_MISMATCH', /axis 2 is outside 2 axes/],
    ['Split', [f32(5), integers(2, 2)], {}, 'SHAPE_MISMATCH', /axis 0 of \[5\] is cut into \[2,2\]/],
    ['Squeeze', [f32(2, 3), integers(0)], {}, 'SHAPE_MISMATCH', /has length 2 but only 1/],
    ['Transpose', [f32(2, 3)], { perm: attribute.ints([0, 0]) }, 'SHAPE_MISMATCH', /is no order/],
    [
      'BatchNormalization',
      [f32(2, 3, 4), f32(4), f32(3), f32(3), f32(3)],
      {},
      'SHAPE_MISMATCH',
      /input 1 has 4 elements/,
    ],
    [
      'ScatterND',
      [f32(4, 5), { dtype: 'int64', shape: [2, 1] }, f32(2, 4)],
      {},
      'SHAPE_MISMATCH',
      /\[2,4\] but must be \[2,5\]/,
    ],
    ['TopK', [f32(3), integers(4)], {}, 'SHAPE_MISMATCH', /fewer than k = 4/],
    ['Where', [f32(2), f32(2), f32(2)], {}, 'DTYPE_MISMATCH', /must be bool/],
    ['Transpose', [f32(2, 3)], { perm: attribute.int(1) }, 'SHAPE_MISMATCH', /'perm' is of type int/],
  ]
  test.each(cases)('%s %#', (operator, operands, attributes, code, message) => {
    const builder = new GraphBuilder('wrong')
    const inputs = operands.map((operand, index) =>
      'data' in operand ? builder.initializer(`i${index}`, operand) : builder.input(`i${index}`, operand),
    )
    builder.nodes(operator, inputs, operator === 'Split' || operator === 'TopK' ? 2 : 1, attributes, { name: 'it' })
    let error: unknown
    try {
      builder.build()
    } catch (caught) {
      error = caught
    }
    expect(error).toBeInstanceOf(GantryError)
    expect((error as GantryError).code).toBe(code)
    expect((error as GantryError).message).toMatch(message)
  })

  test('an output that is declared otherwise', () => {
    const builder = new GraphBuilder('declared')
    const x = builder.input('x', f32(2, 3))
    builder.output('y', builder.node('Relu', [x]), f32(2, 4))
    expect(() => builder.build()).toThrow(
      "Graph 'declared' declares its output 'y' as float32[2,4] but computes float32[2,3].",
    )
  })
})

test('unknown operators keep the specs they had, and what follows is left open', () => {
  const builder = new GraphBuilder('foreign')
  const x = builder.input('x', { dtype: 'float32', shape: [2] })
  const secret = builder.node('Secret', [x], {}, { domain: 'com.example' })
  builder.output('y', builder.node('Relu', [secret]), { dtype: 'float32', shape: [2] })
  const graph = builder.build()
  expect([...graph.valueSpecs.keys()]).toEqual([])
  const known = new Map([[secret, { dtype: 'float32', shape: [2] } as const]])
  expect(inferShapes({ ...graph, valueSpecs: known }).valueSpecs.get('y')).toEqual({ dtype: 'float32', shape: [2] })
})
