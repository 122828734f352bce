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
