import type { TensorSpec } from '@gantry/core'
import type { Graph, Node } from '../graph.ts'
import { namesInBodies } from '../names.ts'
import { capturedValues } from './captured-values.ts'

/** Names that a builder or a pass has made: an operator and numbers. */
const GENERATED = /^(dimensions_)?[A-Z][A-Za-z]*(_\d+)*$/

/**
 * Numbers nodes in the order in which they run, and names what they write after them (`Conv_3`), after passes have moved
 * names from node to node. Names that somebody gave stay, and so do those of inputs, outputs and initializers.
 */
export function nameValues(graph: Graph): Graph {
  const fixed = new Set([
    ...capturedValues(graph),
    ...graph.inputs.map(({ name }) => name),
    ...graph.outputs.map(({ name }) => name),
    ...graph.initializers.keys(),
  ])
  const isGenerated = (name: string) => !fixed.has(name) && GENERATED.test(name)
  const taken = new Set([
    ...fixed,
    ...namesInBodies(graph),
    ...graph.nodes.flatMap(({ name, outputs }) => [name, ...outputs]).filter((name) => !isGenerated(name)),
  ])
  const counts = new Map<string, number>()
  const numbered = (operator: string, outputs: number) => {
    for (;;) {
      const number = counts.get(operator) ?? 0
      counts.set(operator, number + 1)
      const name = `${operator}_${number}`
      if (![name, ...Array.from({ length: outputs }, (_, index) => `${name}_${index}`)].some((each) => taken.has(each)))
        return name
    }
  }
  const renames = new Map<string, string>()
  const rename = (name: string) => renames.get(name) ?? name
  const nodes = graph.nodes.map((node): Node => {
    const generated = node.name === '' || GENERATED.test(node.name)
    const name = generated ? numbered(node.operator, node.outputs.length) : node.name
    for (const [index, output] of node.outputs.entries()) {
      if (isGenerated(output)) renames.set(output, node.outputs.length === 1 ? name : `${name}_${index}`)
    }
    return { ...node, name, inputs: node.inputs.map(rename), outputs: node.outputs.map(rename) }
  })
  const valueSpecs = new Map<string, TensorSpec>([...graph.valueSpecs].map(([name, spec]) => [rename(name), spec]))
  return { ...graph, nodes, valueSpecs }
}
