import { float32, ndarray } from '@gantry/core'
import { encodeModel } from '../codec/encode-model.ts'
import { encodeSplitModel } from '../codec/encode-split-model.ts'
import { attribute, type Graph, type Model } from '../graph.ts'
import { GraphBuilder } from '../graph-builder.ts'
import { int64Vector } from '../int64-vector.ts'
import { createModel } from '../model.ts'

/** Small convolutions with weights, normalization and a resized image. */
function imageGraph(): Graph {
  const builder = new GraphBuilder('image')
  const x = builder.input('x', { dtype: 'float32', shape: ['batch', 1, 4, 4] })
  const kernel = builder.initializer('kernel', float32([2, 1, 3, 3], new Array(18).fill(0.5)))
  const convolved = builder.node('Conv', [x, kernel], { pads: attribute.ints([1, 1, 1, 1]) })
  const one = builder.constant(float32([2], [1, 2]))
  const normalized = builder.node('BatchNormalization', [convolved, one, one, one, one])
  const scales = builder.constant(float32([4], [1, 1, 2, 2]))
  const larger = builder.node('Resize', [normalized, undefined, scales], { mode: attribute.string('nearest') })
  const clipped = builder.node('Clip', [larger, builder.constant(float32([], [0]))])
  builder.output('y', builder.node('Transpose', [clipped], { perm: attribute.ints([0, 2, 3, 1]) }))
  return builder.build()
}

/** Shapes that the graph computes, slices, splits and sums. */
function shapeGraph(): Graph {
  const builder = new GraphBuilder('shapes')
  const x = builder.input('x', { dtype: 'float32', shape: ['batch', 6, 4] })
  const shape = builder.node('Shape', [x])
  const batch = builder.node('Gather', [shape, builder.constant(int64Vector([0]))], { axis: attribute.int(0) })
  const product = builder.node('Mul', [builder.constant(int64Vector([6])), builder.constant(int64Vector([4]))])
  const flat = builder.node('Reshape', [x, builder.node('Concat', [batch, product], { axis: attribute.int(0) })])
  const [start, end] = [builder.constant(int64Vector([1])), builder.constant(int64Vector([2 ** 63]))]
  const cut = builder.node('Slice', [flat, start, end, builder.constant(int64Vector([1]))])
  const padded = builder.node('Pad', [cut, builder.constant(int64Vector([0, 1, 0, 0]))])
  const [left, right] = builder.nodes('Split', [padded], 2, { axis: attribute.int(1) })
  const sum = builder.node('Add', [left, right])
  const tiled = builder.node('Tile', [sum, builder.constant(int64Vector([1, 2]))])
  const range = builder.node(
    'Range',
    [0, 8, 1].map((value) => builder.constant(ndarray('int64', [], BigInt64Array.of(BigInt(value))))),
  )
  builder.output('y', builder.node('ReduceSum', [tiled, builder.constant(int64Vector([1]))]))
  builder.output('z', builder.node('Cast', [range], { to: attribute.int(1) }))
  return builder.build()
}

/** A choice between two bodies. */
function branchGraph(): Graph {
  const body = (value: number): Graph => {
    const builder = new GraphBuilder('body')
    builder.output(
      'chosen',
      builder.node('Identity', [builder.initializer(`value_${value}`, float32([2], [value, 1]))]),
    )
    return builder.build()
  }
  const builder = new GraphBuilder('branch')
  const condition = builder.input('condition', { dtype: 'bool', shape: [] })
  const branches = { then_branch: attribute.graph(body(1)), else_branch: attribute.graph(body(2)) }
  builder.output('y', builder.node('If', [condition], branches), { dtype: 'float32', shape: [2] })
  return builder.build()
}

/** An older operator set, with what became inputs as attributes. */
function oldModel(): Model {
  const spec = { dtype: 'float32', shape: ['batch', 3, 4] } as const
  const node = (operator: string, input: string, output: string, attributes = {}) => ({
    operator,
    name: operator,
    inputs: [input],
    outputs: [output],
    attributes,
  })
  const graph: Graph = {
    name: 'old',
    inputs: [{ name: 'x', ...spec }],
    outputs: [{ name: 'y', dtype: 'float32', shape: ['batch', 3, 4, 1] }],
    initializers: new Map(),
    valueSpecs: new Map(),
    operatorSets: new Map([['', 9]]),
    nodes: [
      node('Clip', 'x', 'a', { min: attribute.float(-1), max: attribute.float(1) }),
      node('Softmax', 'a', 'b', { axis: attribute.int(1) }),
      node('Unsqueeze', 'b', 'y', { axes: attribute.ints([3]) }),
    ],
  }
  return { ...createModel(graph), metadata: { author: 'me', __proto__key: 'x' }, documentation: 'old' }
}

/** Files of every part of the format, for tests that damage them; weights of the last lie in `weights.bin`. */
export function seedModels(): { readonly files: readonly Uint8Array[]; readonly weights: Uint8Array } {
  const split = encodeSplitModel(createModel(imageGraph()), 'weights.bin', { threshold: 32 })
  const functions = [
    { domain: 'own', name: 'Twice', bytes: Uint8Array.from([10, 5, 84, 119, 105, 99, 101, 82, 3, 111, 119, 110]) },
  ]
  const models = [
    createModel(imageGraph()),
    createModel(shapeGraph()),
    createModel({ ...branchGraph(), functions }),
    oldModel(),
  ]
  return {
    files: [...models.map(encodeModel), split.model],
    weights: Buffer.concat([...split.data.chunks]),
  }
}
