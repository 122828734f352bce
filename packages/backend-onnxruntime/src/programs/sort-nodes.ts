import type { Node } from '@gantry/onnx'

/**
 * Nodes in an order in which each comes after those that write what it reads: as they stand, but that some wait for others.
 *
 * @param besides values that nodes are to come after although they do not read them
 */
export function sortNodes(nodes: readonly Node[], besides: ReadonlyMap<Node, string> = new Map()): Node[] {
  const unwritten = new Set(nodes.flatMap(({ outputs }) => outputs))
  const waiting = new Map<string, Node[]>()
  const sorted: Node[] = []
  const place = (first: Node) => {
    const ready = [first]
    for (let node = ready.shift(); node !== undefined; node = ready.shift()) {
      const missing = [...node.inputs, besides.get(node) ?? ''].find((input) => unwritten.has(input))
      if (missing !== undefined) {
        waiting.set(missing, [...(waiting.get(missing) ?? []), node])
        continue
      }
      sorted.push(node)
      for (const output of node.outputs) {
        unwritten.delete(output)
        ready.push(...(waiting.get(output) ?? []))
        waiting.delete(output)
      }
    }
  }
  for (const node of nodes) place(node)
  return sorted
}
