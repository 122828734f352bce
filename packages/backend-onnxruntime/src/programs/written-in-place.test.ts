import { GraphBuilder } from '@gantry/onnx'
import { expect, test } from 'vitest'
import { writtenInPlace } from './written-in-place.ts'

const state = (...names: string[]) => new Map(names.map((name) => [`${name}.old`, name]))
const written = (...names: string[]) => new Map(names.map((name) => [`${name}.new`, name]))

/** Momentum on two layers: the gradient of the first goes through the second's weight. */
function momentum(side: number) {
  const spec = { dtype: 'float32', shape: [side, side] } as const
  const builder = new GraphBuilder('momentum')
  const input = (name: string) => builder.input(name, spec)
  const x = input('x')
  const [first, second, firstMean, secondMean] = ['first', 'second', 'firstMean', 'secondMean'].map((name) =>
    input(`${name}.old`),
  ) as [string, string, string, string]
  const hidden = builder.node('MatMul', [x, first])
  const output = builder.node('MatMul', [hidden, second])
  const update = (name: string, weight: string, mean: string, gradient: string) => {
    const next = builder.node('Add', [mean, builder.node('Sub', [gradient, mean])])
    builder.output(`${name}Mean.new`, next, spec)
    builder.output(`${name}.new`, builder.node('Sub', [weight, next]), spec)
  }
  update('second', second, secondMean, builder.node('MatMul', [hidden, output]))
  update('first', first, firstMean, builder.node('MatMul', [x, builder.node('MatMul', [output, second])]))
  return builder.build()
}

const names = ['first', 'second', 'firstMean', 'secondMean']

test('moments are written where they lie, and the weight that no other gradient waits for', () => {
  const found = writtenInPlace(momentum(512), state(...names), written(...names))
  // The gradient of the first layer reads the second weight, and may do so after its update.
  expect([...found.values()].sort()).toEqual(['first', 'firstMean', 'secondMean'])
})

test('small variables, those of another operator and those that are returned are not', () => {
  expect(writtenInPlace(momentum(8), state(...names), written(...names)).size).toBe(0)
  const builder = new GraphBuilder('others')
  const spec = { dtype: 'float32', shape: [512, 512] } as const
  const [a, b] = [builder.input('a.old', spec), builder.input('b.old', spec)]
  builder.output('a.new', builder.node('MatMul', [a, a]), spec)
  const sum = builder.node('Add', [b, b])
  builder.output('b.new', sum, spec)
  builder.output('late', builder.node('Mul', [b, sum]), spec)
  expect(writtenInPlace(builder.build(), state('a', 'b'), written('a', 'b')).size).toBe(0)
})

test('a pool is, one of whose rows is exchanged', () => {
  const builder = new GraphBuilder('pool')
  const spec = { dtype: 'float32', shape: [64, 8192] } as const
  const pool = builder.input('pool.old', spec)
  const place = builder.input('place', { dtype: 'int64', shape: [1, 1] })
  const earlier = builder.node('GatherND', [pool, place])
  builder.output('earlier', earlier, { dtype: 'float32', shape: [1, 8192] })
  const image = builder.input('image', { dtype: 'float32', shape: [1, 8192] })
  builder.output('pool.new', builder.node('ScatterND', [pool, place, builder.node('Max', [earlier, image])]), spec)
  expect([...writtenInPlace(builder.build(), state('pool'), written('pool')).values()]).toEqual(['pool'])
})
