import type { GraphIndex, Node } from '@gantry/onnx'

/** What has to run before what: by the values of a graph, and by what nodes are made to wait for besides. */
export class Dependencies {
  readonly #index: GraphIndex
  readonly #waits = new Map<Node, readonly Node[]>()
  readonly #waiting = new Map<Node, Node[]>()

  constructor(index: GraphIndex) {
    this.#index = index
  }

  /** Makes a node wait for others. */
  wait(node: Node, others: readonly Node[]): void {
    this.#waits.set(node, [...(this.#waits.get(node) ?? []), ...others])
    for (const other of others) this.#waiting.set(other, [...(this.#waiting.get(other) ?? []), node])
  }

  /** The nodes that a node waits for. */
  before(node: Node): ReadonlySet<Node> {
    return reached(node, (next) => [
      ...next.inputs.flatMap((input) => this.#index.writers.get(input) ?? []),
      ...(this.#waits.get(next) ?? []),
    ])
  }

  /** The nodes that wait for a node. */
  after(node: Node): ReadonlySet<Node> {
    return reached(node, (next) => [
      ...next.outputs.flatMap((output) => this.#index.readers.get(output) ?? []),
      ...(this.#waiting.get(next) ?? []),
    ])
  }
}

function reached(start: Node, neighbours: (node: Node) => readonly Node[]): ReadonlySet<Node> {
  const found = new Set<Node>()
  const open = [start]
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    for (const neighbour of neighbours(next)) {
      if (found.has(neighbour)) continue
      found.add(neighbour)
      open.push(neighbour)
    }
  }
  return found
}
