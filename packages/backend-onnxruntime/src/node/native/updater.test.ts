import { type CompiledModel, float32, ndarray } from '@gantry/core'
import { createModel, encodeModel, GraphBuilder } from '@gantry/onnx'
import { expect, onTestFinished, test } from 'vitest'
import { copyFeeds } from '../../copies.ts'
import { hostedModel, TrainingHost } from '../../training-host.ts'

// Elsewhere updates are in graphs, which all other tests of training hold too.
const onLinux = test.skipIf(process.platform !== 'linux')

const LENGTHS = [700_001, 5000, 70_000]

/** Adds a number to variables of several lengths, and what a graph gives to half of each. */
function counting(): CompiledModel {
  const builder = new GraphBuilder('count')
  const step = builder.input('step', { dtype: 'float32', shape: [] })
  const specs = LENGTHS.map((length) => ({ dtype: 'float32', shape: [length] }) as const)
  for (const [index, spec] of specs.entries()) {
    const [sum, twice] = [builder.input(`sum${index}`, spec), builder.input(`twice${index}`, spec)]
    builder.output(`sum${index}.next`, builder.node('Add', [sum, step]), spec)
    // Computed by the graph from what is there before the update.
    const given = builder.node('Neg', [builder.node('Neg', [sum])])
    builder.output(`twice${index}.next`, builder.node('Add', [twice, given]), spec)
  }
  const names = LENGTHS.flatMap((_, index) => [`sum${index}`, `twice${index}`])
  const variables = Object.fromEntries(
    names.map((name) => [name, ndarray('float32', specs[Number(name.at(-1))]!.shape)]),
  )
  const program = {
    graph: Uint8Array.from(encodeModel(createModel(builder.build()))),
    reads: names.map((name) => ({ state: name, value: name })),
    writes: names.map((name) => ({ state: name, value: `${name}.next` })),
    results: [],
  }
  return {
    name: 'count',
    phases: [{ name: 'count', feeds: { step: { dtype: 'float32', shape: [] } }, program, every: 1 }],
    functions: [],
    shown: [],
    variables,
    layouts: Object.fromEntries(names.map((name) => [name, specs[Number(name.at(-1))]!])),
  } as unknown as CompiledModel
}

onLinux.each([1, 3])('every number is updated once a step, by %i threads', async (threads) => {
  const host = await TrainingHost.create(hostedModel(counting()), { device: 'cpu', threads })
  onTestFinished(() => host.dispose())
  const rounds = 30
  for (let round = 0; round < rounds; round++) await host.run('count', copyFeeds({ step: float32([], [2]) }))
  for (const index of LENGTHS.keys()) {
    const [sum, twice] = [`sum${index}`, `twice${index}`]
    const state = await host.readState([sum, twice])
    const [sums, twices] = [new Set(state[sum]!.data as Float32Array), new Set(state[twice]!.data as Float32Array)]
    expect([sums, twices]).toEqual([new Set([2 * rounds]), new Set([rounds * (rounds - 1)])])
  }
})

onLinux('state that is written anew is what the next update goes on from', async () => {
  const host = await TrainingHost.create(hostedModel(counting()), { device: 'cpu', threads: 2 })
  onTestFinished(() => host.dispose())
  await host.run('count', copyFeeds({ step: float32([], [1]) }))
  await host.writeState(copyFeeds({ sum1: ndarray('float32', [5000], new Float32Array(5000).fill(7)) }))
  await host.run('count', copyFeeds({ step: float32([], [1]) }))
  const { sum0, sum1, twice1 } = await host.readState(['sum0', 'sum1', 'twice1'])
  expect([sum0!.data[0], sum1!.data[0], sum1!.data[4999], twice1!.data[4999]]).toEqual([2, 8, 8, 7])
})

/** A model of one variable each of these names, 2,000 numbers long, and programs that are written down. */
function written(
  programs: readonly {
    readonly kind: 'phase' | 'function'
    readonly name: string
    readonly outputs: Readonly<Record<string, readonly [operator: string, ...inputs: string[]]>>
    readonly writes: Readonly<Record<string, string>>
    readonly results?: readonly string[]
  }[],
): CompiledModel {
  const spec = { dtype: 'float32', shape: [2000] } as const
  const names = ['a', 'b']
  const made = programs.map(({ kind, name, outputs, writes, results = [] }) => {
    const builder = new GraphBuilder(name)
    for (const variable of names) builder.input(variable, spec)
    builder.input('step', { dtype: 'float32', shape: [] })
    for (const [output, [operator, ...inputs]] of Object.entries(outputs)) {
      builder.output(output, builder.node(operator, inputs), spec)
    }
    const program = {
      graph: Uint8Array.from(encodeModel(createModel(builder.build()))),
      reads: names.map((state) => ({ state, value: state })),
      writes: Object.entries(writes).map(([state, value]) => ({ state, value })),
      results,
    }
    return { kind, name, feeds: { step: { dtype: 'float32', shape: [] } }, program, every: 1 }
  })
  return {
    name: 'written',
    phases: made.filter(({ kind }) => kind === 'phase'),
    functions: made.filter(({ kind }) => kind === 'function'),
    shown: [],
    variables: Object.fromEntries(names.map((name) => [name, ndarray('float32', [2000])])),
    layouts: Object.fromEntries(names.map((name) => [name, spec])),
  } as unknown as CompiledModel
}

async function hostsOf(make: () => CompiledModel): Promise<readonly TrainingHost[]> {
  const kinds = [true, false]
  const hosts = await Promise.all(
    kinds.map((nativeState) => TrainingHost.create(hostedModel(make()), { device: 'cpu', threads: 1, nativeState })),
  )
  onTestFinished(async () => {
    for (const host of hosts) await host.dispose()
  })
  return hosts
}

const step = () => copyFeeds({ step: float32([], [10]) })

const update = {
  kind: 'phase' as const,
  name: 'update',
  outputs: { next: ['Add', 'a', 'step'] as const },
  writes: { a: 'next' },
}

onLinux('a variable that another phase replaces together with one more is still that of arrays', async () => {
  const both = { kind: 'phase' as const, name: 'both', outputs: { o: ['Sub', 'a', 'step'] as const } }
  const hosts = await hostsOf(() => written([update, { ...both, writes: { a: 'o', b: 'o' } }]))
  for (const host of hosts) {
    for (const phase of ['update', 'update', 'both', 'update']) await host.run(phase, step())
    const { a, b } = await host.readState(['a', 'b'])
    expect([a!.data[0], b!.data[0]]).toEqual([20, 10])
  }
})

onLinux('a function changes nothing, also where it says that it writes', async () => {
  const ask = { ...update, kind: 'function' as const, name: 'ask', results: ['next'] }
  for (const host of await hostsOf(() => written([update, ask]))) {
    await host.run('update', step())
    expect((await host.evaluate('ask', step())).next!.data[5]).toBe(20)
    expect((await host.readState(['a'])).a!.data[5]).toBe(10)
  }
})

onLinux('a result that is no scalar, after updates, leaves a state that is lost', async () => {
  const outputs = { ...update.outputs, wide: ['Neg', 'b'] as const }
  const [host] = await hostsOf(() => written([{ ...update, outputs, results: ['wide'] }]))
  await expect(host!.run('update', step())).rejects.toMatchObject({ code: 'RESULT_NOT_SCALAR' })
  await expect(host!.readState(['a'])).rejects.toMatchObject({ code: 'STATE_LOST' })
})
