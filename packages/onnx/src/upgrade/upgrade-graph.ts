import type { Graph } from '../graph.ts'
import { OPSET } from '../operator-sets.ts'
import { isCurrent, readNodes } from './read-nodes.ts'

/**
 * Says in the operator set that Gantry works in (17) what a graph of an older one says: attributes that became inputs, old
 * broadcasting, Softmax over flattened axes, Upsample and the like. Inputs, outputs and the names of values stay.
 *
 * A graph of opset 17 to 28 stays as it is. So does one with a node whose older meaning has no equivalent (and one that is
 * newer than every opset known): {@link opsetOf} then gives its own opset, and no pass touches it.
 *
 * @example
 * ```ts
 * const { graph } = decodeModel(bytes)
 * const upgraded = upgradeGraph(graph)
 * if (opsetOf(upgraded) < OPSET) console.log('kept at its own operator set')
 * ```
 */
export function upgradeGraph(graph: Graph): Graph {
  if (isCurrent(graph)) return graph
  const { analysis, nodes, initializers, complete } = readNodes(graph)
  if (!complete) return graph
  const { operatorSets, ...rest } = graph
  const others = [...(operatorSets ?? [])].filter(([domain]) => domain !== '')
  return {
    ...rest,
    nodes,
    initializers,
    valueSpecs: new Map(analysis.valueSpecs),
    operatorSets: new Map([['', OPSET], ...others]),
  }
}
