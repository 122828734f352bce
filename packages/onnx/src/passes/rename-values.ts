import type { TensorSpec } from '@gantry/core'
import type { Graph } from '../graph.ts'

/**
 * Renames values wherever nodes read or write them. Chains are followed: with `a → b` and `b → c`, readers of `a` read `c`.
 * Graph inputs, outputs and initializers keep their names.
 */
export function renameValues(graph: Graph, renames: ReadonlyMap<string, string>): Graph {
  if (renames.size === 0) return graph
  const rename = (name: string) => {
    let current = name
    for (let next = renames.get(current); next !== undefined; next = renames.get(current)) current = next
    return current
  }
  const nodes = graph.nodes.map((node) => ({
    ...node,
    inputs: node.inputs.map(rename),
    outputs: node.outputs.map(rename),
  }))
  const written = new Set(nodes.flatMap(({ outputs }) => outputs))
  const valueSpecs = new Map<string, TensorSpec>()
  for (const [name, spec] of graph.valueSpecs) {
    const renamed = rename(name)
    if (written.has(renamed) && !valueSpecs.has(renamed)) valueSpecs.set(renamed, spec)
  }
  return { ...graph, nodes, valueSpecs }
}
