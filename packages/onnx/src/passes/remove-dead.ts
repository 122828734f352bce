import type { Graph } from '../graph.ts'
import { capturesOf } from './captured-values.ts'

/** Drops nodes and initializers that no output depends on. Inputs stay: they are the graph's interface. */
export function removeDead(graph: Graph): Graph {
  const live = new Set(graph.outputs.map(({ name }) => name))
  // Backwards, every reader is met before the node it reads from.
  const nodes = graph.nodes
    .toReversed()
    .filter((node) => {
      if (!node.outputs.some((output) => live.has(output))) return false
      for (const name of [...node.inputs, ...capturesOf(node)]) live.add(name)
      return true
    })
    .reverse()
  const initializers = new Map([...graph.initializers].filter(([name]) => live.has(name)))
  if (nodes.length === graph.nodes.length && initializers.size === graph.initializers.size) return graph
  const written = new Set(nodes.flatMap(({ outputs }) => outputs))
  const valueSpecs = new Map([...graph.valueSpecs].filter(([name]) => written.has(name)))
  return { ...graph, nodes, initializers, valueSpecs }
}
