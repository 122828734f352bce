import type { NDArray, TensorSpec } from '@gantry/core'
import type { Graph, Node } from '../graph.ts'
import { inferShapes } from '../infer-shapes.ts'
import { capturedValues } from './captured-values.ts'
import { removeDead } from './remove-dead.ts'

/**
 * One sweep over a graph that replaces nodes where a pattern fits.
 *
 * Questions are answered as of the start of the sweep, except that nodes which were replaced are no longer found: where two
 * patterns overlap, the second waits for the next sweep.
 */
export class GraphEdit {
  readonly graph: Graph
  readonly #writers = new Map<string, Node>()
  readonly #readers = new Map<string, Node[]>()
  readonly #pinned: ReadonlySet<string>
  readonly #names: Set<string>
  readonly #initializers: Map<string, NDArray>
  readonly #inputs: ReadonlyMap<string, TensorSpec>
  readonly #replacements = new Map<Node, readonly Node[]>()
  /** Values that gained a reader in this sweep. */
  readonly #gained = new Set<string>()

  constructor(graph: Graph) {
    this.graph = graph
    for (const node of graph.nodes) {
      for (const output of node.outputs) this.#writers.set(output, node)
      for (const input of new Set(node.inputs)) {
        const readers = this.#readers.get(input)
        if (readers === undefined) this.#readers.set(input, [node])
        else readers.push(node)
      }
    }
    this.#pinned = new Set([...capturedValues(graph), ...graph.outputs.map(({ name }) => name)])
    this.#inputs = new Map(graph.inputs.map((input) => [input.name, input]))
    this.#initializers = new Map(graph.initializers)
    this.#names = new Set([
      ...this.#inputs.keys(),
      ...this.#initializers.keys(),
      ...graph.nodes.flatMap(({ name, outputs }) => [name, ...outputs]),
    ])
  }

  spec(name: string): TensorSpec | undefined {
    return this.graph.valueSpecs.get(name) ?? this.graph.initializers.get(name) ?? this.#inputs.get(name)
  }

  constant(name: string | undefined): NDArray | undefined {
    return this.graph.initializers.get(name ?? '')
  }

  /** The node that writes a value, unless it was replaced in this sweep. */
  writer(name: string | undefined): Node | undefined {
    const node = this.#writers.get(name ?? '')
    return node !== undefined && !this.#replacements.has(node) ? node : undefined
  }

  /** The only node that reads a value, when nothing else sees it: then the value may change. */
  soleReader(name: string): Node | undefined {
    const [reader, ...others] = this.#readers.get(name) ?? []
    const seen = others.length > 0 || this.#pinned.has(name) || this.#gained.has(name)
    return seen || reader === undefined || this.#replacements.has(reader) ? undefined : reader
  }

  isPinned(name: string): boolean {
    return this.#pinned.has(name)
  }

  isReplaced(node: Node): boolean {
    return this.#replacements.has(node)
  }

  /** How many nodes read a value. */
  readerCount(name: string): number {
    return this.#readers.get(name)?.length ?? 0
  }

  /** A name that nothing has: `stem` itself when it is free, else with a number. */
  freshName(stem: string): string {
    let name = stem
    for (let number = 1; this.#names.has(name); number++) name = `${stem}_${number}`
    this.#names.add(name)
    return name
  }

  /** A new constant. */
  addConstant(stem: string, array: NDArray): string {
    const name = this.freshName(stem)
    this.#initializers.set(name, array)
    return name
  }

  /** New content for a constant: under its own name when nobody else reads it, else under a new one. */
  changeConstant(name: string, array: NDArray): string {
    if (this.readerCount(name) > 1 || this.#pinned.has(name) || this.#gained.has(name)) {
      return this.addConstant(name, array)
    }
    this.#initializers.set(name, array)
    return name
  }

  /** Puts nodes in the place of one; what they write and others read must keep its name. */
  replace(node: Node, replacement: readonly Node[]): void {
    this.#replacements.set(node, replacement)
    for (const { inputs } of replacement) for (const input of inputs) this.#gained.add(input)
  }

  /** The graph with all replacements, without what they left over; the graph itself when there were none. */
  finish(): Graph {
    if (this.#replacements.size === 0) return this.graph
    const nodes = this.graph.nodes.flatMap((node) => this.#replacements.get(node) ?? [node])
    return inferShapes(removeDead({ ...this.graph, nodes, initializers: this.#initializers }))
  }
}
