import { float32 } from '@gantry/core'
import { expect, test } from 'vitest'
import { GraphBuilder } from '../graph-builder.ts'
import { runGraph } from '../testing/run-graph.ts'
import { bindInputs } from './bind-inputs.ts'

function product() {
  const builder = new GraphBuilder('product')
  const x = builder.input('x', { dtype: 'float32', shape: ['n', 'inner'] })
  const w = builder.input('w', { dtype: 'float32', shape: ['inner', 2] })
  builder.output('y', builder.node('MatMul', [x, w]))
  return builder.build()
}

test('a bound input is an initializer, and the lengths that it fixes are known everywhere', async () => {
  const w = float32([3, 2], [1, 2, 3, 4, 5, 6])
  const x = float32([1, 3], [1, 1, 1])
  const graph = bindInputs(product(), { w })
  expect(graph.inputs).toEqual([{ name: 'x', dtype: 'float32', shape: ['n', 3] }])
  expect(graph.initializers.get('w')).toBe(w)
  expect(await runGraph(graph, { x })).toEqual(await runGraph(product(), { x, w }))
  expect(bindInputs(product(), { w, x }).outputs).toEqual([{ name: 'y', dtype: 'float32', shape: [1, 2] }])
})

test('values that do not fit are refused', () => {
  expect(() => bindInputs(product(), { v: float32([1], [1]) })).toThrow(
    "Graph 'product' has no input 'v'. Did you mean",
  )
  expect(() => bindInputs(product(), { w: float32([3, 1], [1, 2, 3]) })).toThrow(
    "Graph 'product': input 'w' is float32[inner,2] but its value is float32[3,1].",
  )
  const x = float32([1, 4], [1, 2, 3, 4])
  const w = float32([3, 2], [1, 2, 3, 4, 5, 6])
  expect(() => bindInputs(product(), { x, w })).toThrow("input 'w' is float32[4,2] but its value is float32[3,2].")
})
