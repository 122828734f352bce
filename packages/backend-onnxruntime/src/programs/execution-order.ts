import { type Graph, graphIndex, type Node } from '@gantry/onnx'

/**
 * The nodes of a graph in the order in which ONNX Runtime runs them on a CPU, as far as its optimizer leaves them.
 *
 * It goes backwards from the nodes whose outputs nobody reads, last one first, and through the nodes that write a node's
 * operands, again the last one of the graph first: `GraphViewer` of ONNX Runtime 1.30, in its default order.
 */
export function executionOrder(graph: Graph): readonly Node[] {
  const { writers, readers } = graphIndex(graph)
  const places = new Map(graph.nodes.map((node, place) => [node, place]))
  const order: Node[] = []
  const visited = new Set<Node>()
  const isRead = ({ outputs }: Node) => outputs.some((output) => readers.has(output))
  const stack = graph.nodes.filter((node) => !isRead(node)).map((node) => ({ node, isDone: false }))
  for (let entry = stack.pop(); entry !== undefined; entry = stack.pop()) {
    const { node, isDone } = entry
    if (isDone) order.push(node)
    if (isDone || visited.has(node)) continue
    visited.add(node)
    stack.push({ node, isDone: true })
    const operands = new Set(node.inputs.flatMap((input) => writers.get(input) ?? []))
    const waiting = [...operands].filter((operand) => !visited.has(operand))
    waiting.sort((left, right) => places.get(left)! - places.get(right)!)
    for (const operand of waiting) stack.push({ node: operand, isDone: false })
  }
  return order
}
