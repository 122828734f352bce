import type { NDArray } from '@gantry/core'
import type { Graph } from '../graph.ts'
import { isCurrent } from '../upgrade/read-nodes.ts'
import { upgradeGraph } from '../upgrade/upgrade-graph.ts'
import { evaluateNode } from './evaluate-node.ts'

/** What one value may hold; shapes and what they are computed from are far smaller. */
const SIZE_LIMIT = 64 * 1024 * 1024

/**
 * The outputs of a graph, computed here and now, without a runtime: for graphs of a few integers, such as those that compute shapes.
 *
 * A graph of an older operator set is brought to Gantry's own first. Undefined where that cannot be, where an input is not among
 * `inputs`, or where Gantry does not compute one of the operators.
 */
export function evaluateGraph(
  graph: Graph,
  inputs: Readonly<Record<string, NDArray>> = {},
): Readonly<Record<string, NDArray>> | undefined {
  if (!graph.inputs.every(({ name }) => inputs[name] !== undefined)) return undefined
  const own = upgradeGraph(graph)
  if (!isCurrent(own)) return undefined
  const arrays = new Map([...own.initializers, ...Object.entries(inputs)])
  for (const node of own.nodes) {
    const results = evaluateNode(node, arrays, SIZE_LIMIT)
    if (results === undefined) return undefined
    for (const [index, array] of results.entries()) arrays.set(node.outputs[index]!, array)
  }
  return Object.fromEntries(graph.outputs.map(({ name }) => [name, arrays.get(name)!]))
}
