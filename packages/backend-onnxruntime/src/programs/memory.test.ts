import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type NDArray, ndarray } from '@gantry/core'
import { attribute, createModel, encodeModel, type Graph, GraphBuilder } from '@gantry/onnx'
import { expect, onTestFinished, test } from 'vitest'
import { sessionOptions } from '../engine-settings.ts'
import { OrtSession, OrtTensor } from '../ort.ts'
import { toOrtTensor } from '../tensors.ts'
import { CHOICE, joinedName, joinGraphs } from './join-graphs.ts'

/** Bytes that ONNX Runtime has lent out at the most while it runs a graph, by its own books; and the outputs. */
async function measure(graph: Graph, feeds: Readonly<Record<string, OrtTensor>>) {
  const folder = await mkdtemp(join(tmpdir(), 'gantry-memory-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  const options = { ...sessionOptions({ device: 'cpu', threads: 1 }), enableProfiling: true }
  const session = await OrtSession.create(encodeModel(createModel(graph)), {
    ...options,
    profileFilePrefix: join(folder, 'profile'),
  })
  const outputs = await session.run(feeds)
  session.endProfiling()
  await session.release()
  const [file] = await readdir(folder)
  const events = JSON.parse(await readFile(join(folder, file!), 'utf8')) as { args?: Record<string, string> }[]
  const lent = events.map(({ args }) => Number(args?.mem_bytes_requested_in_use ?? 0))
  return { peak: Math.max(...lent), outputs: Object.values(outputs).map(({ data }) => data) }
}

/** The same of a graph as it is, and joined. */
async function compare(graph: Graph, feeds: Readonly<Record<string, NDArray>>) {
  const tensors = Object.entries(feeds).map(([name, array]) => [name, toOrtTensor(array)] as const)
  const plain = await measure(graph, Object.fromEntries(tensors))
  const joined = await measure(joinGraphs([{ graph, stateOf: new Map() }]).graph, {
    ...Object.fromEntries(tensors.map(([name, tensor]) => [joinedName.feed(0, name), tensor])),
    [CHOICE]: new OrtTensor('int64', BigInt64Array.of(0n), [1]),
  })
  expect(joined.outputs).toEqual(plain.outputs)
  return { plain: plain.peak, joined: joined.peak }
}

const filled = (...shape: number[]): NDArray => {
  const size = shape.reduce((product, length) => product * length, 1)
  return ndarray('float32', shape, new Float32Array(size).map(Math.sin))
}

function shapeOf(builder: GraphBuilder, ...lengths: number[]): string {
  return builder.constant(ndarray('int64', [lengths.length], BigInt64Array.from(lengths, BigInt)))
}

test('memory of a value is free for values of other shapes when its last reader has run', async () => {
  const builder = new GraphBuilder('shapes')
  let value = builder.input('x', { dtype: 'float32', shape: [64, 1024] })
  const wide = (rows: number) => builder.constant(filled(rows, 64))
  // Twice through the same shapes: ONNX Runtime would keep the memory of the first round for the second.
  for (const _ of [1, 2]) {
    for (const rows of [256, 192, 128]) {
      const product = builder.node('MatMul', [wide(rows), value])
      const images = builder.node('Reshape', [product, shapeOf(builder, rows, 32, 32)])
      const pooled = builder.node('MatMul', [
        builder.constant(filled(64, rows)),
        builder.node('Reshape', [images, shapeOf(builder, rows, 1024)]),
      ])
      value = builder.node('Reshape', [pooled, shapeOf(builder, 64, 1024)])
    }
  }
  builder.output('y', builder.node('ReduceMean', [value], { keepdims: attribute.int(0) }))
  const { plain, joined } = await compare(builder.build(), { x: filled(64, 1024) })
  const largest = 4 * 1024 * (256 + 64)
  expect(joined).toBeLessThan(1.05 * largest)
  expect(plain).toBeGreaterThan(1.5 * largest)
})

test('a chain of activations stays in one piece of memory', async () => {
  const builder = new GraphBuilder('chain')
  const x = builder.node('MatMul', [builder.constant(filled(64, 64)), builder.input('x', filled(64, 1024))])
  let value = builder.node('Reshape', [x, shapeOf(builder, 64, 32, 32)])
  for (const operator of ['Relu', 'Tanh', 'Sigmoid', 'Softplus', 'LeakyRelu', 'Elu'])
    value = builder.node(operator, [value])
  builder.output('y', builder.node('ReduceMean', [value], { keepdims: attribute.int(0) }))
  const { joined } = await compare(builder.build(), { x: filled(64, 1024) })
  expect(joined).toBeLessThan(1.05 * 4 * 64 * 1024)
})

test('a large transformed value is computed again for a late reader', async () => {
  const builder = new GraphBuilder('again')
  const [rows, columns] = [8, 2 ** 19]
  const x = builder.node('Relu', [builder.input('x', filled(rows, columns))])
  const transformed = builder.node('MatMul', [builder.constant(filled(3 * rows, rows)), x])
  let number = builder.node('ReduceMean', [transformed], { keepdims: attribute.int(0) })
  for (let count = 0; count <= 120; count++) number = builder.node('Abs', [number])
  // In between, other large values come and go.
  const wide = builder.node('MatMul', [builder.constant(filled(2 * rows, rows)), builder.node('Mul', [x, number])])
  number = builder.node('Add', [number, builder.node('ReduceMean', [wide], { keepdims: attribute.int(0) })])
  const late = builder.node('MatMul', [builder.node('Expand', [number, shapeOf(builder, 1, 3 * rows)]), transformed])
  builder.output('y', builder.node('ReduceMean', [late], { keepdims: attribute.int(0) }))
  const { plain, joined } = await compare(builder.build(), { x: filled(rows, columns) })
  const size = 4 * rows * columns
  expect(plain).toBeGreaterThan(5.9 * size)
  expect(joined).toBeLessThan(4.2 * size)
})
