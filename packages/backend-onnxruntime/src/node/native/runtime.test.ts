import { type CompiledModel, float32, type NDArray, ndarray } from '@gantry/core'
import { createModel, encodeModel, GraphBuilder } from '@gantry/onnx'
import { expect, onTestFinished, test } from 'vitest'
import { copyFeeds } from '../../copies.ts'
import { momentumSteps } from '../../testing/momentum.ts'
import { compiledReferenceModel } from '../../testing/reference-graphs.ts'
import { hostedModel, TrainingHost } from '../../training-host.ts'
import { loadNativeLibrary, type NativeLibrary } from './library.ts'
import { NativeRuntime } from './runtime.ts'

const linux = process.platform === 'linux'
const library = linux ? await loadNativeLibrary() : undefined
// Elsewhere state is in arrays, which all other tests of training hold too.
const onLinux = test.skipIf(!linux)

const SETTINGS = { device: 'cpu', threads: 2 } as const

/** Numbers that no rounding hides, as large as is written in place. */
const noise = (seed: number): NDArray =>
  ndarray(
    'float32',
    [512, 600],
    Float32Array.from({ length: 512 * 600 }, (_, index) => Math.sin(seed * (index + 1))),
  )

/** Momentum, written in place, on a weight, which is read by the loss as well: w and its two averages, of g = x - w. */
function model(): CompiledModel {
  const builder = new GraphBuilder('update')
  const spec = { dtype: 'float32', shape: [512, 600] } as const
  const input = (name: string) => builder.input(name, spec)
  const [x, w, m, v, p] = [input('x'), input('w'), input('m'), input('v'), input('p')]
  const scalar = (value: number) => builder.constant(float32([], [value]))
  const gradient = builder.node('Sub', [x, w])
  const follow = (average: string, value: string, share: number, name: string) => {
    const change = builder.node('Mul', [builder.node('Sub', [value, average]), scalar(share)])
    const next = builder.node('Add', [average, change])
    builder.output(name, next, spec)
    return next
  }
  const mean = follow(m, gradient, 0.1, 'm.next')
  const spread = builder.node('Sqrt', [
    builder.node('Abs', [follow(v, builder.node('Mul', [gradient, gradient]), 0.01, 'v.next')]),
  ])
  const step = builder.node('Div', [mean, builder.node('Add', [spread, scalar(1e-7)])])
  builder.output('w.next', builder.node('Add', [w, builder.node('Mul', [step, scalar(0.01)])]), spec)
  // A row of the pool is exchanged.
  const row = builder.constant(ndarray('int64', [1, 1], BigInt64Array.of(7n)))
  const image = builder.node('Sub', [builder.node('GatherND', [p, row]), builder.node('GatherND', [mean, row])])
  builder.output('p.next', builder.node('ScatterND', [p, row, image]), spec)
  builder.output('twice', builder.node('Add', [w, m]), spec)
  builder.output('loss', builder.node('ReduceSum', [builder.node('Mul', [gradient, gradient])], {}, { name: 'sum' }))
  const variables = { w: noise(1), m: noise(2), v: noise(3), p: noise(8), a: noise(4), b: noise(4) }
  const program = {
    graph: Uint8Array.from(encodeModel(createModel(builder.build()))),
    reads: ['w', 'm', 'v', 'p'].map((name) => ({ state: name, value: name })),
    // Two variables of one value.
    writes: [
      ...['w', 'm', 'v', 'p'].map((name) => ({ state: name, value: `${name}.next` })),
      ...['a', 'b'].map((name) => ({ state: name, value: 'twice' })),
    ],
    results: [],
  }
  return {
    name: 'momentum',
    phases: [{ name: 'update', feeds: { x: spec }, program, every: 1 }],
    functions: [],
    shown: [],
    variables,
    layouts: Object.fromEntries(Object.keys(variables).map((name) => [name, spec])),
  } as unknown as CompiledModel
}

/** Trains natively and on arrays, and compares all state to the bit. */
async function expectSameState(make: () => CompiledModel, steps: readonly Readonly<Record<string, NDArray>>[]) {
  const hosts = await Promise.all(
    [true, false].map((nativeState) => TrainingHost.create(hostedModel(make()), { ...SETTINGS, nativeState })),
  )
  onTestFinished(async () => {
    for (const host of hosts) await host.dispose()
  })
  for (const feeds of steps) for (const host of hosts) await host.run('update', copyFeeds(feeds))
  const names = Object.keys(make().variables)
  const [native, arrays] = await Promise.all(hosts.map((host) => host.readState(names)))
  for (const name of names) expect(Buffer.compare(bytesOf(native![name]!), bytesOf(arrays![name]!)), name).toBe(0)
}

onLinux('keeps state that equals that of arrays to the bit, also where it is written in place', () =>
  expectSameState(
    model,
    [5, 6, 7].map((seed) => ({ x: noise(seed) })),
  ),
)

/** Two layers, one of whose weights the gradient of the other reads. */
function twoLayers(): CompiledModel {
  const graph = momentumSteps()
  const names = ['first', 'second', 'firstMean', 'secondMean']
  const spec = { dtype: 'float32', shape: [512, 512] } as const
  const small = (seed: number) =>
    ndarray(
      'float32',
      spec.shape,
      Float32Array.from({ length: 512 * 512 }, (_, index) => Math.sin(seed * (index + 1)) / 32),
    )
  const variables = Object.fromEntries(names.map((name, index) => [name, small(index + 1)]))
  const program = {
    graph: Uint8Array.from(encodeModel(createModel(graph))),
    reads: names.map((name) => ({ state: name, value: `${name}.old` })),
    writes: names.map((name) => ({ state: name, value: `${name}.new` })),
    results: [],
  }
  const feeds = { x: spec, rate: { dtype: 'float32', shape: [] } }
  return {
    name: 'two layers',
    phases: [{ name: 'update', feeds, program, every: 1 }],
    functions: [],
    shown: [],
    variables,
    layouts: Object.fromEntries(names.map((name) => [name, spec])),
  } as unknown as CompiledModel
}

onLinux('updates a weight only when the gradients that read it are there', () => {
  const x = ndarray('float32', [512, 512], noise(9).data.slice(0, 512 * 512) as Float32Array<ArrayBuffer>)
  return expectSameState(twoLayers, new Array(3).fill({ x, rate: float32([], [1e-4]) }))
})

const bytesOf = ({ data: { buffer } }: NDArray) => new Uint8Array(buffer)

/** A library that counts what it makes and releases. */
function counted(inner: NativeLibrary) {
  const alive = new Set<unknown>()
  const makers = ['createSession', 'createTensor', 'placeTensor', 'processorPlace', 'createOptions', 'typeAndShape']
  const library: NativeLibrary = {
    ...inner,
    check(name, ...parameters) {
      inner.check(name, ...parameters)
      // Outputs; those that were written in place are there already.
      if (name === 'run') for (const handle of parameters.at(-1) as unknown[]) alive.add(handle)
    },
    make(name, ...parameters) {
      const made = inner.make(name, ...parameters)
      if (makers.includes(name)) alive.add(made)
      return made as never
    },
    release(name, handle) {
      expect(alive.delete(handle), `${name} of what is not there`).toBe(true)
      inner.release(name, handle)
    },
  }
  return { alive, library }
}

onLinux('releases all that it makes, once', async () => {
  const { alive, library: counting } = counted(library!)
  const runtime = new NativeRuntime(counting)
  const large = await TrainingHost.create(hostedModel(model()), SETTINGS, runtime)
  await large.run('update', copyFeeds({ x: noise(5) }))
  const small = await TrainingHost.create(hostedModel(compiledReferenceModel()), SETTINGS, runtime)
  const x = ndarray('float32', [4, 3])
  await small.run('fit', copyFeeds({ x, target: ndarray('float32', [4, 2]) }))
  await small.evaluate('predict', copyFeeds({ x }))
  await expect(small.run('lookup', { index: ndarray('int32', [], Int32Array.of(3)) })).rejects.toThrow(/lookup/)
  await small.writeState(await small.readState(['linear/kernel']))
  for (const host of [large, small]) await host.dispose()
  expect(alive.size).toBe(0)
})

onLinux('says that its state is lost when a run fails that writes it in place', async () => {
  const runtime = new NativeRuntime(library!)
  const host = await TrainingHost.create(hostedModel(model()), SETTINGS, runtime)
  onTestFinished(() => host.dispose())
  const before = await host.readState(['w', 'm', 'v', 'p', 'a', 'b'])
  await expect(host.run('update', { x: ndarray('float32', [3, 600]) })).rejects.toMatchObject({ code: 'RUN_FAILED' })
  await expect(host.readState(['w'])).rejects.toMatchObject({ code: 'STATE_LOST' })
  await host.writeState(copyFeeds(before))
  expect(Buffer.compare(bytesOf((await host.readState(['w'])).w!), bytesOf(before.w!))).toBe(0)
})

onLinux('says the same when what it wrote in place is there, and a result is no scalar', async () => {
  const hosted = hostedModel(model())
  const programs = hosted.programs.map((program) => ({ ...program, results: ['twice'] }))
  const host = await TrainingHost.create({ ...hosted, programs }, SETTINGS, new NativeRuntime(library!))
  onTestFinished(() => host.dispose())
  await expect(host.run('update', copyFeeds({ x: noise(5) }))).rejects.toMatchObject({ code: 'RESULT_NOT_SCALAR' })
  await expect(host.readState(['v'])).rejects.toMatchObject({ code: 'STATE_LOST' })
})
