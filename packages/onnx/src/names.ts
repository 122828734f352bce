import type { Graph } from './graph.ts'

/** Every name of a value or a node, also in the bodies of control flow, whose names must differ from those around them. */
export function namesIn(graph: Graph, names: Set<string> = new Set()): Set<string> {
  for (const { name } of graph.inputs) names.add(name)
  for (const name of graph.initializers.keys()) names.add(name)
  for (const { name, outputs, attributes } of graph.nodes) {
    names.add(name)
    for (const output of outputs) names.add(output)
    for (const attribute of Object.values(attributes)) if (attribute.type === 'graph') namesIn(attribute.value, names)
  }
  return names
}
