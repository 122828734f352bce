import type { Body } from './graph.ts'

/** Every name of a value or a node, also in the bodies of control flow, whose names must differ from those around them. */
export function namesIn(graph: Body, names: Set<string> = new Set()): Set<string> {
  for (const { name } of graph.inputs) names.add(name)
  for (const name of graph.initializers.keys()) names.add(name)
  for (const { name, outputs } of graph.nodes) {
    names.add(name)
    for (const output of outputs) names.add(output)
  }
  return namesInBodies(graph, names)
}

/** The names inside the bodies of control flow alone. */
export function namesInBodies({ nodes }: Body, names: Set<string> = new Set()): Set<string> {
  for (const { attributes } of nodes) {
    for (const attribute of Object.values(attributes)) if (attribute.type === 'graph') namesIn(attribute.value, names)
  }
  return names
}
