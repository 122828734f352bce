import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type NDArray, ndarray, RandomStream } from '@gantry/core'
import { attribute, createModel, encodeModel, type Graph, GraphBuilder } from '@gantry/onnx'
import { describe, expect, onTestFinished, test } from 'vitest'
import { sessionOptions } from '../engine-settings.ts'
import { OrtSession, OrtTensor } from '../ort.ts'
import { toOrtTensor } from '../tensors.ts'
import { CHOICE, chooseGraph, joinedName } from './choose-graph.ts'
import { executionOrder } from './execution-order.ts'
import { MemoryModel } from './memory-model.ts'
import { recomputeTransforms } from './recompute-transforms.ts'

/** Bytes that ONNX Runtime has lent out at the most while it runs a graph, by its own books; its nodes in turn, and the outputs. */
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
  const events = JSON.parse(await readFile(join(folder, file!), 'utf8')) as {
    name: string
    args?: Record<string, string>
  }[]
  const lent = events.map(({ args }) => Number(args?.mem_bytes_requested_in_use ?? 0))
  const order = events.flatMap(({ name }) =>
    name.endsWith('_kernel_time') ? [name.slice(0, -'_kernel_time'.length)] : [],
  )
  return { peak: Math.max(...lent), order, outputs: Object.values(outputs).map(({ data }) => data) }
}

/** The same of a graph as it is, and joined. */
async function compare(graph: Graph, feeds: Readonly<Record<string, NDArray>>) {
  const tensors = Object.entries(feeds).map(([name, array]) => [name, toOrtTensor(array)] as const)
  const plain = await measure(graph, Object.fromEntries(tensors))
  const joined = await measure(chooseGraph([{ graph, stateOf: new Map(), written: new Map() }], false).graph, {
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

/** Transforms x, reads the result at once and again much later, when other large values have come and gone. */
function lateReader(columns: number): GraphBuilder {
  const builder = new GraphBuilder('again')
  const rows = 8
  const x = builder.node('Relu', [builder.input('x', { dtype: 'float32', shape: [rows, columns] })])
  const transformed = builder.node('MatMul', [builder.constant(filled(3 * rows, rows)), x], {}, { name: 'transformed' })
  let number = builder.node('ReduceMean', [transformed], { keepdims: attribute.int(0) })
  for (let count = 0; count <= 120; count++) number = builder.node('Abs', [number])
  const wide = builder.node('MatMul', [builder.constant(filled(2 * rows, rows)), builder.node('Mul', [x, number])])
  number = builder.node('Add', [number, builder.node('ReduceMean', [wide], { keepdims: attribute.int(0) })])
  const late = builder.node('MatMul', [builder.node('Expand', [number, shapeOf(builder, 1, 3 * rows)]), transformed])
  builder.output('y', builder.node('ReduceMean', [late], { keepdims: attribute.int(0) }))
  return builder
}

test('a large transformed value is computed again for a late reader', async () => {
  const columns = 2 ** 20
  const { plain, joined } = await compare(lateReader(columns).build(), { x: filled(8, columns) })
  const size = 4 * 8 * columns
  expect(plain).toBeGreaterThan(5.9 * size)
  expect(joined).toBeLessThan(4.2 * size)
})

describe('recomputeTransforms', () => {
  const isRepeated = (graph: Graph) => graph.nodes.some(({ name }) => name.startsWith('again.'))

  test('leaves programs as they are that take little memory', () => {
    const graph = lateReader(2 ** 18).build()
    expect(recomputeTransforms([graph], 'zero')).toEqual([graph])
  })

  test('leaves programs as they are that take less than another one', () => {
    const [less, more] = [lateReader(2 ** 20).build(), lateReader(2 ** 21).build()]
    expect(recomputeTransforms([less, more], 'zero').map(isRepeated)).toEqual([false, true])
    expect(recomputeTransforms([less], 'zero').map(isRepeated)).toEqual([true])
  })

  test('keeps what does not matter at the peak', () => {
    // A second value that is read late, a quarter of the first: it is there at the peak, but the peak is the rest.
    const builder = lateReader(2 ** 20)
    const x = builder.input('small', { dtype: 'float32', shape: [8, 2 ** 18] })
    const transformed = builder.node('MatMul', [builder.constant(filled(24, 8)), x])
    let number = builder.node('ReduceMean', [transformed], { keepdims: attribute.int(0) })
    for (let count = 0; count <= 120; count++) number = builder.node('Abs', [number])
    const late = builder.node('MatMul', [builder.node('Expand', [number, shapeOf(builder, 1, 24)]), transformed])
    builder.output('z', builder.node('ReduceMean', [late], { keepdims: attribute.int(0) }))
    const [graph] = recomputeTransforms([builder.build()], 'zero')
    expect(isRepeated(graph!)).toBe(true)
    expect(graph!.nodes.map(({ name }) => name)).not.toContain(`again.1.${transformed}.${transformed}`)
  })
})

/** A graph of all that the model knows: values that share memory, transposes within products, several outputs and readers. */
function mixed(): GraphBuilder {
  const builder = new GraphBuilder('mixed')
  let value = builder.input('x', { dtype: 'float32', shape: [64, 1024] })
  const kept: string[] = []
  for (const rows of [256, 96, 512, 64]) {
    const product = builder.node('MatMul', [builder.constant(filled(rows, 64)), value])
    const images = builder.node('Relu', [builder.node('Reshape', [product, shapeOf(builder, rows, 32, 32)])])
    const flat = builder.node('Reshape', [images, shapeOf(builder, rows, 1024)])
    const turned = builder.node('Transpose', [flat], { perm: attribute.ints([1, 0]) })
    kept.push(builder.node('MatMul', [turned, builder.constant(filled(rows, 32))]))
    value = builder.node('MatMul', [builder.constant(filled(64, rows)), flat])
    if (rows < 512) kept.push(builder.node('Sigmoid', [images]))
  }
  const means = kept.map((each) => builder.node('ReduceMean', [each], { keepdims: attribute.int(0) }))
  builder.output('y', builder.node('Sum', means))
  builder.output('z', builder.node('Tanh', [value]))
  return builder
}

test('the model of memory agrees with the books of ONNX Runtime', async () => {
  for (const graph of [mixed().build(), lateReader(2 ** 18).build()]) {
    const feeds = Object.fromEntries(graph.inputs.map(({ name, shape }) => [name, filled(...(shape as number[]))]))
    const { joined } = await compare(graph, feeds)
    const expected = 4 * new MemoryModel(graph).peak(new Set())
    expect(joined / expected).toBeGreaterThan(0.97)
    expect(joined / expected).toBeLessThan(1.03)
  }
})

test('the order in which nodes run is that of ONNX Runtime', async () => {
  const random = new RandomStream(3, 'order')
  const pick = (values: readonly string[]) => values[Math.floor(random.uniform() * values.length)]!
  for (let round = 0; round < 5; round++) {
    const builder = new GraphBuilder('order')
    const values = [builder.input('x', filled(2, 2)), builder.input('y', filled(2, 2))]
    for (let count = 0; count < 40; count++)
      values.push(builder.node('Atan', [builder.node('Add', [pick(values), pick(values)])]))
    for (const [index, value] of values.slice(-6).entries()) builder.output(`out.${index}`, value)
    const graph = builder.build()
    const { order } = await measure(graph, { x: toOrtTensor(filled(2, 2)), y: toOrtTensor(filled(2, 2)) })
    const ran = new Set(order)
    expect(order).toEqual(executionOrder(graph).flatMap(({ name }) => (ran.has(name) ? [name] : [])))
    expect(ran.size).toBeGreaterThan(20)
  }
})
