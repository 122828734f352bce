import { float32, type NDArray, sizeOfShape } from '@gantry/core'
import { describe, expect, test } from 'vitest'
import { attribute, type Graph } from '../../graph.ts'
import type { GraphBuilder } from '../../graph-builder.ts'
import { build, draw, operators } from '../../testing/build-graph.ts'
import { randomGraph } from '../../testing/random-graph.ts'
import { randomNetwork } from '../../testing/random-network.ts'
import { integers, runGraph, sampleOf } from '../../testing/run-graph.ts'
import { optimizeForTraining } from './optimize-for-training.ts'

function expectClose(actual: Readonly<Record<string, NDArray>>, expected: Readonly<Record<string, NDArray>>): void {
  expect(Object.keys(actual)).toEqual(Object.keys(expected))
  for (const [name, { data, shape }] of Object.entries(expected)) {
    expect(actual[name]!.shape).toEqual(shape)
    const numbers = Array.from(data as Float32Array, Number)
    const scale = Math.max(1, ...numbers.map(Math.abs))
    const differences = numbers.map((value, index) => Math.abs(Number(actual[name]!.data[index]) - value))
    expect(Math.max(0, ...differences) / scale, name).toBeLessThan(1e-5)
  }
}

/** Optimises, compares what ONNX Runtime computes before and after, and returns the new graph. */
async function optimized(graph: Graph, feeds = draw(graph)): Promise<Graph> {
  const faster = optimizeForTraining(graph)
  expect([faster.inputs, faster.outputs]).toEqual([graph.inputs, graph.outputs])
  expect(optimizeForTraining(faster), 'a fixpoint').toBe(faster)
  expectClose(await runGraph(faster, feeds), await runGraph(graph, feeds))
  return faster
}

const axes = (...list: number[]) => ({ axes: attribute.ints(list), keepdims: attribute.int(0) })

describe('random graphs compute the same', () => {
  const sample = (graph: Graph) => Object.fromEntries(graph.inputs.map((input) => [input.name, sampleOf(input, 3)]))

  test.each(Array.from({ length: 20 }, (_, seed) => seed))('any nodes, %i', async (seed) => {
    const graph = randomGraph(seed)
    await optimized(graph, sample(graph))
  })

  test.each(Array.from({ length: 40 }, (_, seed) => seed))('an image network, %i', async (seed) => {
    const graph = randomNetwork(seed)
    await optimized(graph, sample(graph))
  })
})

describe('sums of centred numbers', () => {
  const centred = (b: GraphBuilder, x: string) => {
    const mean = b.node('Reshape', [b.node('ReduceMean', [x], axes(0, 2, 3)), b.constant(integers(1, 3, 1, 1))])
    return b.node('Sub', [x, mean])
  }
  const sum = (b: GraphBuilder, x: string, ...over: number[]) =>
    b.node('ReduceSum', [x, b.constant(integers(...over))], { keepdims: attribute.int(0) })

  test('are left out, weighted by channel, negated and reshaped', async () => {
    const graph = build({ x: [4, 3, 2, 5], w: [1, 3, 1, 1], z: [3] }, (b, { x, w, z }) => {
      const weighted = b.node('Neg', [b.node('Mul', [w!, centred(b, x!)])])
      const zero = b.node('Reshape', [sum(b, weighted, 0, 2, 3), b.constant(integers(3))])
      return [b.node('Add', [zero, z!]), b.node('Sub', [zero, z!])]
    })
    expect(operators(await optimized(graph))).toEqual(['Identity', 'Neg'])
  })

  test('stay where the weights or the axes are others', async () => {
    const graph = build({ x: [4, 3, 2, 5], w: [4, 1, 1, 1], z: [3] }, (b, { x, w, z }) => [
      b.node('Add', [sum(b, b.node('Mul', [w!, centred(b, x!)]), 0, 2, 3), z!]),
      b.node('Add', [b.node('ReduceMax', [sum(b, centred(b, x!), 0, 2)], axes(1)), z!]),
    ])
    expect(operators(await optimized(graph)).filter((operator) => operator === 'ReduceSum')).toHaveLength(2)
  })
})

describe('scales and shifts of channels', () => {
  const images = [2, 3, 4, 5]

  test('are one pass', async () => {
    const graph = build({ x: images, a: [3], b: [1, 3, 1, 1] }, (g, { x, a, b }) => {
      const scale = g.node('Reshape', [a!, g.constant(integers(3, 1, 1))])
      return [g.node('Add', [b!, g.node('Mul', [scale, x!])])]
    })
    expect(operators(await optimized(graph))).toEqual(['Reshape', 'BatchNormalization'])
  })

  test('move together in a longer sum', async () => {
    const graph = build({ x: images, y: images, a: [3, 1, 1], b: [3, 1, 1] }, (g, { x, y, a, b }) => {
      const sum = g.node('Add', [g.node('Tanh', [y!]), g.node('Mul', [x!, a!])])
      return [g.node('Add', [sum, b!])]
    })
    expect(operators(await optimized(graph)).filter((operator) => operator !== 'Reshape')).toEqual([
      'Tanh',
      'BatchNormalization',
      'Add',
    ])
  })

  test('stay apart where something else reads the product, and for images of few pixels', async () => {
    const shared = build({ x: images, a: [3, 1, 1], b: [3, 1, 1] }, (g, { x, a, b }) => {
      const product = g.node('Mul', [x!, a!])
      return [product, g.node('Add', [product, b!])]
    })
    expect(operators(await optimized(shared))).toEqual(['Mul', 'Add'])
    const small = build({ x: [2, 3, 2, 2], a: [3, 1, 1], b: [3, 1, 1] }, (g, { x, a, b }) => [
      g.node('Add', [g.node('Mul', [x!, a!]), b!]),
    ])
    expect(operators(await optimized(small))).toEqual(['Mul', 'Add'])
  })
})

test('biases join convolutions and products', async () => {
  const graph = build(
    {
      x: [2, 3, 4, 4],
      w: [5, 3, 1, 1],
      b: [5, 1, 1],
      v: [5, 2, 1, 1],
      c: [1, 2, 1, 1],
      m: [2, 6],
      n: [6, 4],
      d: [1, 4],
    },
    (g, { x, w, b, v, c, m, n, d }) => {
      const first = g.node('Add', [g.node('Conv', [x!, w!]), b!])
      const second = g.node('Add', [c!, g.node('ConvTranspose', [first, v!])])
      return [second, g.node('Add', [g.node('Gemm', [m!, n!]), d!])]
    },
  )
  const faster = await optimized(graph)
  expect(operators(faster).filter((operator) => operator !== 'Reshape')).toEqual(['Conv', 'ConvTranspose', 'Gemm'])
})

test('a bias of a row of its own stays', async () => {
  const graph = build({ m: [2, 6], n: [6, 4], d: [2, 1], e: [2, 4] }, (g, { m, n, d, e }) => [
    g.node('Add', [g.node('Gemm', [m!, n!]), d!]),
    g.node('Add', [g.node('Gemm', [m!, n!], { alpha: attribute.float(2) }), e!]),
  ])
  expect(operators(await optimized(graph))).toEqual(['Gemm', 'Add', 'Gemm', 'Add'])
})

describe('transposes beside a product', () => {
  const [N, C, H, W, K] = [8, 3, 4, 5, 2]
  const last = { perm: attribute.ints([0, 2, 3, 1]) }
  const first = { perm: attribute.ints([0, 3, 1, 2]) }
  const transposed = (graph: Graph) =>
    graph.nodes.flatMap(({ operator, outputs }) =>
      operator === 'Transpose' ? [graph.valueSpecs.get(outputs[0]!)] : [],
    )

  test.each([0, 1])('go to smaller weights (transB %i)', async (transB) => {
    const shapes = { x: [N, C, H, W], w: transB === 1 ? [K, C * H * W] : [C * H * W, K], dy: [N, K] }
    const graph = build(shapes, (g, { x, w, dy }) => {
      const flat = g.node('Reshape', [g.node('Transpose', [x!], last), g.constant(integers(N, C * H * W))])
      const forward = g.node('Gemm', [flat, w!], { transB: attribute.int(transB) })
      const byWeight =
        transB === 1
          ? g.node('Gemm', [dy!, flat], { transA: attribute.int(1) })
          : g.node('Gemm', [flat, dy!], { transA: attribute.int(1) })
      const byFlat = g.node('Gemm', [dy!, w!], { transB: attribute.int(1 - transB) })
      const byImages = g.node('Transpose', [g.node('Reshape', [byFlat, g.constant(integers(N, H, W, C))])], first)
      return [forward, byWeight, byImages]
    })
    const faster = await optimized(graph)
    // Once the weights, once their gradient.
    expect(transposed(faster)).toHaveLength(2)
    for (const spec of transposed(faster)) expect(sizeOfShape(spec!.shape as number[])).toBe(C * H * W * K)
  })

  test('stay where the weights are larger', async () => {
    const graph = build({ x: [N, C, H, W], w: [C * H * W, 100] }, (g, { x, w }) => {
      const flat = g.node('Reshape', [g.node('Transpose', [x!], last), g.constant(integers(N, C * H * W))])
      return [g.node('Gemm', [flat, w!])]
    })
    expect(operators(await optimized(graph))).toEqual(['Transpose', 'Reshape', 'Gemm'])
  })
})

test('axes of length one in front of a broadcast operand are left out', async () => {
  const graph = build({ x: [4, 3], mean: [3], rate: [] }, (g, { x, mean, rate }) => {
    const row = g.node('Reshape', [mean!, g.constant(integers(1, 3))])
    const scalar = g.node('Reshape', [rate!, g.constant(integers(1, 1))])
    return [g.node('Mul', [g.node('Sub', [x!, row]), scalar])]
  })
  expect(operators(await optimized(graph))).toEqual(['Sub', 'Mul'])
})

test('one of two operands keeps the rank of the result', async () => {
  const graph = build({ x: [4, 3], y: [3] }, (g, { x, y }) => [
    g.node('Add', [
      g.node('Reshape', [x!, g.constant(integers(1, 1, 4, 3))]),
      g.node('Reshape', [y!, g.constant(integers(1, 1, 1, 3))]),
    ]),
  ])
  expect(operators(await optimized(graph))).toEqual(['Reshape', 'Add'])
})

describe('scalar factors', () => {
  test('meet each other rather than the large value', async () => {
    const graph = build({ x: [5, 4], y: [5, 4], s: [], t: [1], u: [] }, (g, { x, y, s, t, u }) => [
      g.node('Mul', [g.node('Div', [g.node('Div', [x!, s!]), y!]), t!]),
      g.node('Div', [g.node('Mul', [u!, g.node('Div', [y!, s!])]), t!]),
    ])
    const faster = await optimized(graph)
    const large = faster.nodes.filter(({ outputs }) => faster.valueSpecs.get(outputs[0]!)?.shape.length === 2)
    expect(large.map(({ operator }) => operator).sort()).toEqual(['Div', 'Div', 'Mul'])
  })

  test("adam's corrections of both moments cost nothing", async () => {
    const graph = build({ m: [5, 4], v: [5, 4], w: [5, 4], p: [], q: [] }, (g, { m, v, w, p, q }) => {
      const root = g.node('Sqrt', [g.node('Div', [v!, q!])])
      const divisor = g.node('Add', [root, g.constant(float32([], [1e-7]))])
      const step = g.node('Mul', [g.node('Div', [g.node('Div', [m!, p!]), divisor]), g.constant(float32([], [-0.01]))])
      return [g.node('Add', [step, w!])]
    })
    const faster = await optimized(graph)
    const large = faster.nodes.filter(({ outputs }) => {
      const spec = faster.valueSpecs.get(outputs[0]!) ?? faster.outputs.find(({ name }) => name === outputs[0])
      return spec?.shape.length === 2
    })
    expect(large.map(({ operator }) => operator)).toEqual(['Sqrt', 'Add', 'Div', 'Mul', 'Add'])
  })

  test('stay where the scaled value is read elsewhere', async () => {
    const graph = build({ x: [5, 4], s: [], t: [] }, (g, { x, s, t }) => {
      const scaled = g.node('Div', [x!, s!])
      return [scaled, g.node('Mul', [scaled, t!])]
    })
    expect(operators(await optimized(graph))).toEqual(['Div', 'Mul'])
  })
})

describe('reductions of large values', () => {
  const reduced = (shape: readonly number[], over: readonly number[], keepdims: number) =>
    build({ x: shape }, (g, { x }) => [
      g.node('ReduceSum', [x!, g.constant(integers(...over))], { keepdims: attribute.int(keepdims) }),
      g.node('ReduceMean', [x!], { axes: attribute.ints(over), keepdims: attribute.int(keepdims) }),
    ])
  const steps = (graph: Graph) => operators(graph).filter((operator) => operator === 'ReduceSum').length

  test.each([
    ['channels first', [16, 8, 16, 16], [0, 2, 3], 2],
    ['channels last', [16, 16, 16, 8], [0, 1, 2], 2],
    ['axes from behind', [16, 16, 16, 8], [-2, -4, -3], 2],
    ['everything', [16, 16, 16, 8], [0, 1, 2, 3], 1],
    ['one axis', [16, 16, 16, 8], [2], 1],
    ['the last axes', [16, 8, 16, 16], [2, 3], 1],
    ['a small value', [4, 4, 4, 8], [0, 1, 2], 1],
    ['inner axes of length one', [512, 64, 1, 1], [0, 2, 3], 1],
  ])('%s', async (_, shape, over, expected) => {
    for (const keepdims of [0, 1]) expect(steps(await optimized(reduced(shape, over, keepdims)))).toBe(expected)
  })
})
