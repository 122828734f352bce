import { type Graph, GraphBuilder, graphIndex } from '@gantry/onnx'
import { expect, test } from 'vitest'
import { momentumSteps } from '../testing/momentum.ts'
import { updateLast } from './update-last.ts'
import { writtenInPlace } from './written-in-place.ts'

const ZERO = 'zero'

const variables = ['first', 'second', 'firstMean', 'secondMean']
const stateOf = new Map(variables.map((name) => [`${name}.old`, name]))
const written = new Map(variables.map((name) => [`${name}.new`, name]))

const inPlace = (graph: Graph) => [...writtenInPlace(graph, stateOf, written).values()].sort()

test('an update waits for the gradient that reads the old weight, also in another shape', () => {
  const graph = momentumSteps()
  expect(inPlace(graph)).toEqual(['first', 'firstMean', 'secondMean'])
  const ordered = updateLast(graph, stateOf, written, ZERO)
  expect(inPlace(ordered)).toEqual([...variables].sort())
  // Still each node after those that write what it reads.
  const seen = new Set([...ordered.inputs.map(({ name }) => name), ...ordered.initializers.keys(), ZERO])
  for (const { inputs, outputs } of ordered.nodes) {
    expect(inputs.filter((input) => !seen.has(input))).toEqual([])
    for (const output of outputs) seen.add(output)
  }
})

test('waits for a value of few numbers, which costs nothing to keep till then', () => {
  const ordered = updateLast(momentumSteps(), stateOf, written, ZERO)
  const { writers } = graphIndex(ordered)
  const awaited = ordered.nodes
    .filter(({ operator }) => operator === 'Size')
    .map(({ inputs }) => writers.get(inputs[0]!))
  expect(awaited.map((node) => node!.operator)).toEqual(['ReduceSum'])
})

test('leaves a weight whose old value is read by what needs the new one', () => {
  const spec = { dtype: 'float32', shape: [512, 512] } as const
  const builder = new GraphBuilder('change')
  const [weight, gradient] = [builder.input('first.old', spec), builder.input('gradient', spec)]
  const rate = builder.input('rate', { dtype: 'float32', shape: [] })
  const next = builder.node('Sub', [weight, builder.node('Mul', [gradient, rate])])
  builder.output('first.new', next, spec)
  builder.output('change', builder.node('ReduceSum', [builder.node('Sub', [next, weight])], {}, { name: 'sum' }))
  const graph = builder.build()
  expect(updateLast(graph, stateOf, written, ZERO)).toBe(graph)
  expect(inPlace(graph)).toEqual([])
})
