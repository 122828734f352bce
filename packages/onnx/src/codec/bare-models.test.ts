import { readFile } from 'node:fs/promises'
import { ndarray } from '@gantry/core'
import { describe, expect, it, test } from 'vitest'
import { formatGraph } from '../format.ts'
import type { Body, Graph } from '../graph.ts'
import { GraphBuilder } from '../graph-builder.ts'
import { inferShapes } from '../infer-shapes.ts'
import { createModel } from '../model.ts'
import { optimizeForInference } from '../passes/optimize-for-inference.ts'
import expected from '../testing/fixtures/expected.json' with { type: 'json' }
import { runGraph } from '../testing/run-graph.ts'
import { decodeModel } from './decode-model.ts'
import { encodeModel } from './encode-model.ts'

const read = async (name: string) =>
  decodeModel(await readFile(new URL(`../testing/fixtures/${name}.onnx`, import.meta.url))).graph
const again = (graph: Graph) => decodeModel(encodeModel(createModel(graph))).graph
const bodiesOf = ({ nodes }: Body) =>
  nodes.flatMap(({ attributes }) =>
    Object.values(attributes).flatMap((each) => (each.type === 'graph' ? [each.value] : [])),
  )

/** What Python's onnxruntime gives for the file, by us after each thing that is done to a graph. */
async function expectSame(name: keyof typeof expected, graph: Graph) {
  for (const { feeds, results } of expected[name]) {
    const { x, up } = feeds as { readonly x: number[][]; readonly up?: boolean }
    const given = {
      x: ndarray('float32', [2, 3], Float32Array.from(x.flat())),
      ...(up !== undefined && { up: ndarray('bool', [], Uint8Array.of(Number(up))) }),
    }
    for (const form of [graph, again(graph), inferShapes(graph), optimizeForInference(graph)]) {
      const made = await runGraph(form, given)
      const plain = Object.entries(made).map(([port, { data }]) => [
        port,
        Array.from<number | bigint, number>(data, Number),
      ])
      expect(Object.fromEntries(plain)).toEqual(
        Object.fromEntries(Object.entries(results).map(([port, values]) => [port, values.flat()])),
      )
    }
  }
}

describe('a model that says little of its values', () => {
  it('is read: outputs follow from the nodes, also from what two branches have in common', async () => {
    const graph = await read('sparse-ports')
    expect(graph.outputs).toEqual([
      { name: 'y', dtype: 'float32', shape: ['y_axis0', 1] },
      { name: 'chosen', dtype: 'float32', shape: ['chosen_axis0', 3] },
      { name: 'lengths', dtype: 'int64', shape: [2] },
    ])
    await expectSame('sparse-ports', graph)
  })

  it('keeps bodies as they were: nothing is made up that the file does not say', async () => {
    const graph = await read('sparse-ports')
    const bodies = bodiesOf(graph)
    expect(bodies.flatMap(({ outputs }) => outputs.map((port) => 'declared' in port))).toEqual(Array(4).fill(true))
    expect(bodiesOf(again(graph))).toEqual(bodies)
    expect(formatGraph(graph)).toContain('output less\n')
  })

  it('is refused where an output cannot be told, or is not what it is called', () => {
    const builder = new GraphBuilder('unknown')
    const x = builder.input('x', { dtype: 'float32', shape: ['batch', 3] })
    builder.output('y', builder.node('Mystery', [x], {}, { domain: 'own' }), { dtype: 'float32', shape: ['a'] })
    const bare = (dtype: number, operator: string) => {
      const [node] = builder.build().nodes
      const { domain: _, ...own } = { ...node!, operator }
      const type = dtype === 0 ? [] : [0x12, 4, 0x0a, 2, 0x08, dtype]
      // A ValueInfoProto of a name and at most a type of elements.
      const declared = Uint8Array.from([0x0a, 1, 0x79, ...type])
      const nodes = operator === 'Mystery' ? [node!] : [own]
      return encodeModel(
        createModel({ ...builder.build(), nodes, outputs: [{ name: 'y', declared }] as never, valueSpecs: new Map() }),
      )
    }
    expect(decodeModel(bare(0, 'Neg')).graph.outputs).toEqual([{ name: 'y', dtype: 'float32', shape: ['batch', 3] }])
    const refusals = [
      [bare(0, 'Mystery'), 'ONNX_TYPE_UNSUPPORTED', /'y' has no type, nor does it follow from the nodes/],
      [bare(1, 'Mystery'), 'ONNX_TYPE_UNSUPPORTED', /'y' has no rank, nor does it follow/],
      [bare(10, 'Mystery'), 'ONNX_DTYPE_UNSUPPORTED', /'y' is of type float16/],
      [bare(7, 'Neg'), 'OUTPUT_MISMATCH', /'y' as int64 but computes float32\[batch,3\]/],
    ] as const
    for (const [bytes, code, message] of refusals) {
      expect(() => decodeModel(bytes)).toThrow(
        expect.objectContaining({ code, message: expect.stringMatching(message) }),
      )
    }
  })
})

test('weights of types that Gantry has no arrays for go where they went', async () => {
  const graph = await read('foreign-weights')
  expect([...graph.initializers.keys()]).toEqual(['scale'])
  const text = formatGraph(graph)
  for (const line of [
    'half = Constant(value=float16[3,2])',
    'seed = Constant(value=uint64[1])',
    'sparse_value=sparse tensor',
  ]) {
    expect(text).toContain(line)
  }
  await expectSame('foreign-weights', graph)
  // What nobody reads is left out, as it is of weights that Gantry reads.
  expect(formatGraph(optimizeForInference(graph))).not.toContain('unused')
})
