import { type Graph, graphIndex, int64Vector, type Node } from '@gantry/onnx'
import { nodeFor, shapeOf, sizeOf } from './graph-values.ts'

/** Numbers of a value that is computed twice rather than kept: 32 MB of float32. */
const LARGE = 2 ** 23

/** A reader so many nodes after the first one belongs to a gradient. */
const FAR = 100

/** Operators that take little time when all of their operands but one are constant. */
const cheap: ReadonlySet<string> = new Set(['Gather', 'Gemm', 'MatMul', 'Pad', 'Reshape', 'Transpose'])

/**
 * Computes large images in the domain of a transform again where a gradient reads them, rather than keep them till then.
 *
 * The gradient of a convolution's kernel reads the transformed input of the forward pass. It is twice as large as the input,
 * which other gradients keep anyway, and takes a few per cent of the time of the products that follow.
 *
 * @param zero an int64[1] that holds 0, and of which ONNX Runtime does not know it: else it would find both results equal
 */
export function recomputeTransforms(graph: Graph, zero: string): Graph {
  const places = new Map(graph.nodes.map((node, place) => [node, place]))
  const { writers, readers } = graphIndex(graph)
  const initializers = new Map(graph.initializers)
  const valueSpecs = new Map(graph.valueSpecs)
  const after = new Map<Node, readonly Node[]>()
  const renames = new Map<Node, Map<string, string>>()
  for (const node of graph.nodes) {
    const value = node.outputs[0]!
    const [first, ...others] = readers.get(value) ?? []
    const far = others.filter((reader) => places.get(reader)! - places.get(first!)! > FAR)
    if (far.length === 0 || sizeOf(graph, value) < LARGE) continue
    const { start, chain } = chainTo(graph, node, writers)
    const shape = shapeOf(graph, start)
    if (chain.length === 0 || shape === undefined || sizeOf(graph, start) >= sizeOf(graph, value)) continue

    const again = (name: string) => `again.${value}.${name}`
    const [lengths, target] = [again('lengths'), again('target')]
    initializers.set(lengths, int64Vector(shape))
    const copies = chain.map((each) => ({
      ...each,
      name: again(each.name),
      inputs: each.inputs.map((input) => (input === '' || initializers.has(input) ? input : again(input))),
      outputs: each.outputs.map(again),
    }))
    for (const output of chain.flatMap(({ outputs }) => outputs)) {
      valueSpecs.set(again(output), graph.valueSpecs.get(output)!)
    }
    // A reshape to the same shape, whose target is not known to be it.
    const begin = [nodeFor('Sub', [lengths, zero], [target]), nodeFor('Reshape', [start, target], [again(start)])]
    // Of the nodes that write a node's operands, ONNX Runtime runs the one that stands first in the graph last.
    after.set(node, [...begin, ...copies])
    for (const reader of far) renames.set(reader, (renames.get(reader) ?? new Map()).set(value, again(value)))
  }
  const nodes = graph.nodes.flatMap((node) => {
    const inputs = node.inputs.map((input) => renames.get(node)?.get(input) ?? input)
    return [renames.has(node) ? { ...node, inputs } : node, ...(after.get(node) ?? [])]
  })
  return { ...graph, nodes, initializers, valueSpecs }
}

/** The cheap nodes, one after the other, that a node ends, and the value that they start from. */
function chainTo(
  { initializers }: Graph,
  last: Node,
  writers: ReadonlyMap<string, Node>,
): { readonly start: string; readonly chain: readonly Node[] } {
  const chain: Node[] = []
  let start = last.outputs[0]!
  for (let node: Node | undefined = last; node !== undefined; node = writers.get(start)) {
    const operands = node.inputs.filter((input) => input !== '' && !initializers.has(input))
    if (!cheap.has(node.operator) || node.domain !== undefined || operands.length !== 1) break
    chain.unshift(node)
    start = operands[0]!
  }
  return { start, chain }
}
