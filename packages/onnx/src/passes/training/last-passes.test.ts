import { describe, expect, test } from 'vitest'
import type { Graph } from '../../graph.ts'
import { build, draw, operators } from '../../testing/build-graph.ts'
import { runGraph } from '../../testing/run-graph.ts'
import { optimizeForTraining } from './optimize-for-training.ts'

/** Optimises, holds every number to the bit, and returns what the nodes do. */
async function optimized(graph: Graph): Promise<string[]> {
  const faster = optimizeForTraining(graph)
  expect(optimizeForTraining(faster), 'a fixpoint').toBe(faster)
  const feeds = draw(graph)
  expect(await runGraph(faster, feeds)).toEqual(await runGraph(graph, feeds))
  return operators(faster)
}

const combined = (operator: string, x: readonly number[], y: readonly number[]) =>
  build({ x, y }, (g, inputs) => [g.node(operator, [inputs.x!, inputs.y!]), g.node(operator, [inputs.y!, inputs.x!])])

describe('short operands of large values', () => {
  test.each(['Add', 'Sub', 'Mul', 'Div'])('of %s are repeated once, on either side', async (operator) => {
    const graph = combined(operator, [16, 16, 32, 16], [16])
    expect(await optimized(graph)).toEqual(['Expand', operator, operator])
  })

  test.each([
    ['of batches of one image are repeated along rows', [64, 64, 1, 16], [16], 1],
    ['with axes of length one in front', [16, 16, 32, 16], [1, 1, 1, 16], 1],
    ['of few numbers stay', [4, 4, 32, 16], [16], 0],
    ['that are long stay', [64, 64, 256], [256], 0],
    ['that repeat within a run stay', [16, 16, 32, 16], [32, 1], 0],
    ['whose long operand has one axis more stay', [4096, 16], [16], 0],
    ['of one number stay', [16, 16, 32, 16], [], 0],
  ])('%s', async (_, x, y, expected) => {
    const made = await optimized(combined('Add', x, y))
    expect(made.filter((operator) => operator === 'Expand')).toHaveLength(expected)
  })
})

describe('last axes of length one', () => {
  test.each([
    ['beside a scalar', [8, 32, 32, 1], [], 1],
    ['beside one number for every image', [8, 32, 32, 1], [8, 1, 1, 1], 2],
    ['two of them', [64, 64, 1, 1], [64, 1, 1], 2],
  ])('are left out %s', async (_, x, y, before) => {
    const made = await optimized(combined('Mul', x, y))
    expect(made).toEqual(
      [...new Array(before).fill('Reshape'), 'Mul', 'Reshape', 'Mul', 'Reshape'].slice(0, made.length),
    )
    expect(made.filter((operator) => operator === 'Mul')).toHaveLength(2)
  })

  test.each([
    ['of operands that are alike', [8, 32, 32, 1], [8, 32, 32, 1]],
    ['of small values', [4, 8, 8, 1], []],
    ['that only one operand has', [8, 32, 32, 4], [8, 32, 32, 1]],
  ])('%s stay', async (_, x, y) => {
    expect(await optimized(combined('Mul', x, y))).toEqual(['Mul', 'Mul'])
  })
})
