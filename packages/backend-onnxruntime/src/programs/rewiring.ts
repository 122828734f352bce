import type { Graph, Node } from '@gantry/onnx'

/** Changes to the nodes of a graph, collected while it is read. */
export class Rewiring {
  readonly #before = new Map<Node, Node[]>()
  readonly #after = new Map<Node, Node[]>()
  readonly #inputs = new Map<Node, Map<string, string>>()

  insertBefore(place: Node, nodes: readonly Node[]): void {
    this.#before.set(place, [...(this.#before.get(place) ?? []), ...nodes])
  }

  insertAfter(place: Node, nodes: readonly Node[]): void {
    this.#after.set(place, [...(this.#after.get(place) ?? []), ...nodes])
  }

  /** Makes a node read another value in the place of one. */
  replaceInput(reader: Node, own: string, other: string): void {
    this.#inputs.set(reader, (this.#inputs.get(reader) ?? new Map()).set(own, other))
  }

  /** The nodes with all changes. */
  applyTo({ nodes }: Graph): Node[] {
    return nodes.flatMap((node) => {
      const replaced = this.#inputs.get(node)
      const own = replaced ? { ...node, inputs: node.inputs.map((input) => replaced.get(input) ?? input) } : node
      return [...(this.#before.get(node) ?? []), own, ...(this.#after.get(node) ?? [])]
    })
  }
}
