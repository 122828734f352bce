import { type Dimension, float32 } from '@gantry/core'
import { expect, it } from 'vitest'
import type { Graph, Node } from '../graph.ts'
import { GraphBuilder } from '../graph-builder.ts'
import { inferShapes } from '../infer-shapes.ts'
import { inferChanges } from './infer-changes.ts'

/** -x·w, its sign and product in this order; and the first of its nodes in other words. */
function edited(rows: Dimension, replacement: readonly Omit<Node, 'attributes'>[]) {
  const builder = new GraphBuilder('line')
  const x = builder.input('x', { dtype: 'float32', shape: [rows, 2] })
  const w = builder.initializer('w', float32([2, 3], [1, 2, 3, 4, 5, 6]))
  const negative = builder.node('Neg', [x], {}, { name: 'negative' })
  builder.output('y', builder.node('MatMul', [negative, w]))
  const graph = builder.build()
  const added = new Set(replacement.map((node): Node => ({ ...node, attributes: {} })))
  const changed: Graph = { ...graph, nodes: [...added, ...graph.nodes.slice(1)] }
  return { changed, added }
}

const twoSteps = [
  { operator: 'Abs', name: 'size', inputs: ['x'], outputs: ['size'] },
  { operator: 'Sub', name: 'rest', inputs: ['size', 'x'], outputs: ['negative'] },
]

it('knows of new nodes what a look at the whole graph would tell', () => {
  const { changed, added } = edited(4, twoSteps)
  const inferred = inferChanges(changed, added)!
  expect(inferred).toEqual(inferShapes(changed))
  expect([...inferred.valueSpecs.keys()]).toEqual(['size', 'negative', 'y'])
  expect(inferred.valueSpecs.get('size')).toEqual({ dtype: 'float32', shape: [4, 2] })
})

it('gives up where a length is no number', () => {
  const { changed, added } = edited('batch', twoSteps)
  expect(inferChanges(changed, added)).toBeUndefined()
})

it('gives up where a value is no longer what others were inferred from', () => {
  const { changed, added } = edited(2, [{ operator: 'Shape', name: 'shape', inputs: ['x'], outputs: ['negative'] }])
  expect(inferChanges(changed, added)).toBeUndefined()
})

it('gives up where nothing tells what a node writes', () => {
  const { changed, added } = edited(4, twoSteps)
  const valueSpecs = new Map([...changed.valueSpecs].filter(([name]) => name !== 'y'))
  expect(inferChanges({ ...changed, valueSpecs }, added)).toBeUndefined()
})
