import { float32, ndarray } from '@gantry/core'
import { attribute, type Graph, GraphBuilder, int64Vector } from '@gantry/onnx'
import { describe, expect, test } from 'vitest'
import type { UpdatedGraph } from './find-updates.ts'
import { splitAllUpdates, splitUpdates } from './split-updates.ts'

const spec = { dtype: 'float32', shape: [64, 64] } as const
const scalar = { dtype: 'float32', shape: [] } as const

/** What a graph is built of: variables `x.old`, which outputs `x.new` replace. */
class Writer {
  readonly builder = new GraphBuilder('step')
  readonly rate = this.builder.input('rate', scalar)
  readonly #variables: string[] = []

  read(name: string, own: typeof spec | { dtype: 'float32'; shape: number[] } = spec) {
    this.#variables.push(name)
    return this.builder.input(`${name}.old`, own)
  }

  node(operator: string, ...inputs: string[]) {
    return this.builder.node(operator, inputs)
  }

  write(name: string, value: string, own: typeof spec | { dtype: 'float32'; shape: number[] } = spec) {
    this.builder.output(`${name}.new`, value, own)
  }

  done(): UpdatedGraph {
    return {
      graph: this.builder.build(),
      stateOf: new Map(this.#variables.map((name) => [`${name}.old`, name])),
      written: new Map(this.#variables.map((name) => [`${name}.new`, name])),
    }
  }
}

/** RMSProp, with a moving average over the weight. */
function rmsprop(writer = new Writer(), gradientOf = (weight: string) => writer.node('MatMul', weight, weight)) {
  const [weight, squares, average] = [writer.read('weight'), writer.read('squares'), writer.read('average')]
  const share = writer.builder.constant(float32([], [0.1]))
  const gradient = gradientOf(weight)
  const follow = (old: string, value: string) =>
    writer.node('Add', old, writer.node('Mul', writer.node('Sub', value, old), share))
  const spread = follow(squares, writer.node('Mul', gradient, gradient))
  writer.write('squares', spread)
  const step = writer.node('Div', writer.node('Mul', gradient, writer.rate), writer.node('Sqrt', spread))
  const next = writer.node('Sub', weight, step)
  writer.write('weight', next)
  writer.write('average', follow(average, next))
  return { writer, gradient, next }
}

const operators = ({ nodes }: Graph) => nodes.map(({ operator }) => operator)

describe('the updates of a graph', () => {
  test('leave it, and take the gradient and the scalars', () => {
    const { writer, gradient } = rmsprop()
    const own = writer.done()
    const { graph, updates, updated, written, added } = splitUpdates(own)
    // Scalars of which others are made are outputs of their own.
    expect(operators(graph).sort()).toEqual(['Identity', 'Identity', 'MatMul'])
    expect(graph.inputs.map(({ name }) => name)).toEqual(['rate', 'weight.old'])
    expect([...updated]).toEqual([...own.written])
    expect(written.size).toBe(0)
    expect(updates).toHaveLength(1)
    const [{ variables, given, scalars, size, loop }] = updates as [(typeof updates)[0]]
    expect([...variables].sort()).toEqual(['average', 'squares', 'weight'])
    expect([given, size]).toEqual([[gradient], 4096])
    expect(scalars).toHaveLength(2)
    expect(scalars).toContain('rate.taken')
    const names = added.map(({ name }) => name)
    expect([...names].sort()).toEqual([...given, ...scalars].sort())
    expect(graph.outputs.map(({ name }) => name)).toEqual(names)
    expect(loop.operations.map(({ operator }) => operator)).toHaveLength(11)
    expect(loop.writes.map(({ array }) => variables[array]).sort()).toEqual(['average', 'squares', 'weight'])
  })

  test('stay where the new weight is read by something else', () => {
    const { writer, next } = rmsprop()
    writer.builder.output('norm', writer.node('ReduceSum', writer.node('Mul', next, next)), { ...spec, shape: [1, 1] })
    const own = writer.done()
    // The norm needs the weight, the weight needs its step and the step the squares: only the average is free.
    const { updated, graph } = splitUpdates(own)
    expect([...updated.values()]).toEqual(['average'])
    expect(operators(graph)).toContain('Sqrt')
  })

  test('stay where a value of it is a result', () => {
    const { writer, next } = rmsprop()
    writer.builder.output('weights', writer.node('Identity', next), spec)
    expect([...splitUpdates(writer.done()).updated.values()]).toEqual(['average'])
  })

  test('look through what only gives the gradient another shape', () => {
    const writer = new Writer()
    const shape = writer.builder.constant(int64Vector([64, 64]))
    const flat = writer.builder.constant(int64Vector([4096]))
    const { gradient } = rmsprop(writer, (weight) =>
      writer.node('Reshape', writer.node('Reshape', writer.node('MatMul', weight, weight), flat), shape),
    )
    const { updates, graph } = splitUpdates(writer.done())
    expect(updates[0]!.given).toEqual([graph.nodes.find(({ operator }) => operator === 'MatMul')!.outputs[0]])
    expect(updates[0]!.given).not.toEqual([gradient])
  })

  test('take no more than one array for each: a sum of gradients is left to the graph', () => {
    const writer = new Writer()
    const { gradient } = rmsprop(writer, (weight) =>
      writer.node('Add', writer.node('MatMul', weight, weight), writer.node('Exp', weight)),
    )
    const { updates, graph } = splitUpdates(writer.done())
    expect(updates[0]!.given).toEqual([gradient])
    expect(operators(graph)).toEqual(expect.arrayContaining(['MatMul', 'Exp', 'Add']))
  })

  test('are not those of few numbers, of rows that are repeated, or of whole numbers', () => {
    const writer = new Writer()
    const small = { dtype: 'float32' as const, shape: [8, 8] }
    const [few, wide] = [writer.read('few', small), writer.read('wide')]
    writer.write('few', writer.node('Mul', few, writer.rate), small)
    const row = writer.builder.constant(ndarray('float32', [64]))
    writer.write('wide', writer.node('Add', wide, row))
    expect(splitUpdates(writer.done()).updates).toEqual([])
  })

  test('are joined where they read each other’s variables', () => {
    const writer = new Writer()
    const [a, b] = [writer.read('a'), writer.read('b')]
    writer.write('a', writer.node('Add', a, writer.node('Mul', b, writer.rate)))
    writer.write('b', writer.node('Sub', a, b))
    const { updates } = splitUpdates(writer.done())
    // The second sees what was in the first before.
    expect(updates.map(({ loop }) => loop.writes.length)).toEqual([2])
  })
})

test('a variable that one graph writes by itself is left to all graphs, and what is updated with it', () => {
  const update = () => {
    const writer = new Writer()
    const [weight, average] = [writer.read('weight'), writer.read('average')]
    const next = writer.node('Mul', weight, writer.rate)
    writer.write('weight', next)
    writer.write('average', writer.node('Add', average, next))
    return writer.done()
  }
  const clip = new Writer()
  clip.write('average', clip.node('Exp', clip.read('average')))
  const state = { weight: ndarray('float32', [64, 64]), average: ndarray('float32', [64, 64]) }
  expect(splitAllUpdates([update(), update()], state).map(({ updates }) => updates.length)).toEqual([1, 1])
  expect(splitAllUpdates([update(), clip.done()], state).map(({ updates }) => updates.length)).toEqual([0, 0])
})

test('a variable that is replaced in a way that no graph shows is left alone', () => {
  const writer = new Writer()
  writer.write('weight', writer.node('Mul', writer.read('weight'), writer.rate))
  const [own, state] = [writer.done(), { weight: ndarray('float32', [64, 64]) }]
  expect(splitAllUpdates([own], state)[0]!.updates).toHaveLength(1)
  expect(splitAllUpdates([own], state, ['weight'])[0]!.updates).toEqual([])
})

test('a variable that a graph reads by two names is updated by the graph, with what reads it', () => {
  const writer = new Writer()
  const [first, value] = [writer.read('weight'), writer.read('value')]
  const second = writer.builder.input('again', spec)
  writer.write('value', writer.node('Add', value, second))
  writer.write('weight', writer.node('Add', first, writer.rate))
  const own = writer.done()
  const stateOf = new Map([...own.stateOf, ['again', 'weight']])
  expect(splitUpdates({ ...own, stateOf }).updates).toEqual([])
})

test('a graph keeps an output at least', () => {
  const writer = new Writer()
  const [a, b] = [writer.read('a'), writer.read('b')]
  writer.write('a', writer.node('Add', a, b))
  expect(splitUpdates(writer.done()).updates).toEqual([])
})

test('a node of two outputs stays before who reads the other one', () => {
  const writer = new Writer()
  const weight = writer.read('weight')
  const halves = { dtype: 'float32', shape: [128, 64] } as const
  const both = writer.builder.input('both', halves)
  const [gradient, other] = writer.builder.nodes('Split', [both], 2, { num_outputs: attribute.int(2) })
  writer.write('weight', writer.node('Sub', weight, gradient!))
  writer.builder.output('loss', writer.node('ReduceSum', other!), { ...spec, shape: [1, 1] })
  const { graph, updates } = splitUpdates(writer.done())
  expect(updates).toHaveLength(1)
  expect(operators(graph)).toEqual(['Split', 'ReduceSum'])
})

test('a quotient of a number is the graph’s, which makes one with the product behind it', () => {
  const writer = new Writer()
  const weight = writer.read('weight')
  const one = writer.builder.constant(float32([], [1]))
  const gradient = writer.node('MatMul', weight, weight)
  const inverse = writer.node('Div', one, gradient)
  writer.write('weight', writer.node('Sub', weight, writer.node('Mul', inverse, writer.rate)))
  const { graph } = splitUpdates(writer.done())
  expect(operators(graph)).toContain('Div')
})
