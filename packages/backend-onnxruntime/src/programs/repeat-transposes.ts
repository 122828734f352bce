import { type Graph, graphIndex } from '@gantry/onnx'
import { Rewiring } from './rewiring.ts'

/** Gives every product that reads a transposed value a transpose of its own, which ONNX Runtime makes part of the product. */
export function repeatTransposes(graph: Graph): Graph {
  const { readers } = graphIndex(graph)
  const valueSpecs = new Map(graph.valueSpecs)
  const rewiring = new Rewiring()
  for (const node of graph.nodes) {
    const value = node.outputs[0]!
    const own = readers.get(value) ?? []
    if (node.operator !== 'Transpose' || own.some(({ operator }) => operator !== 'MatMul')) continue
    for (const [index, reader] of own.entries()) {
      if (index === 0) continue
      const name = `${value}.${index}`
      const spec = graph.valueSpecs.get(value)
      if (spec !== undefined) valueSpecs.set(name, spec)
      rewiring.insertBefore(reader, [{ ...node, name, outputs: [name] }])
      rewiring.replaceInput(reader, value, name)
    }
  }
  return { ...graph, nodes: rewiring.applyTo(graph), valueSpecs }
}
