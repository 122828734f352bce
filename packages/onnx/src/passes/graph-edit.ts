import type { NDArray, TensorSpec } from '@gantry/core'
import { isStatic } from '../folding/evaluation.ts'
import type { Graph, Node } from '../graph.ts'
import { inferShapes } from '../infer-shapes.ts'
import { inferChanges } from '../inference/infer-changes.ts'
import { type GraphIndex, graphIndex } from './graph-index.ts'
import { removeDead } from './remove-dead.ts'

/**
 * One sweep over a graph that replaces nodes where a pattern fits.
 *
 * Questions are answered as of the start of the sweep, except that nodes which were replaced are no longer found: where two
 * patterns overlap, the second waits for the next sweep.
 */
export class GraphEdit {
  readonly graph: Graph
  readonly #index: GraphIndex
  #initializers: Map<string, NDArray> | undefined
  readonly #replacements = new Map<Node, readonly Node[]>()
  /** Values that gained a reader in this sweep. */
  readonly #gained = new Set<string>()
  readonly #ownNames = new Set<string>()
  readonly #nextNumbers = new Map<string, number>()

  constructor(graph: Graph) {
    this.graph = graph
    this.#index = graphIndex(graph)
  }

  spec(name: string): TensorSpec | undefined {
    return this.graph.valueSpecs.get(name) ?? this.graph.initializers.get(name) ?? this.#index.inputs.get(name)
  }

  /** The shape of a value, where all of its lengths are known. */
  knownShape(name: string): readonly number[] | undefined {
    const spec = this.spec(name)
    return spec !== undefined && isStatic(spec) ? spec.shape : undefined
  }

  constant(name: string | undefined): NDArray | undefined {
    return this.graph.initializers.get(name ?? '')
  }

  /** The node that writes a value, unless it was replaced in this sweep. */
  writer(name: string | undefined): Node | undefined {
    const node = this.#index.writers.get(name ?? '')
    return node !== undefined && !this.#replacements.has(node) ? node : undefined
  }

  /** The only node that reads a value, when nothing else sees it: then the value may change. */
  soleReader(name: string): Node | undefined {
    const readers = this.#index.readers.get(name)
    const reader = readers?.[0]
    const seen = readers?.length !== 1 || this.#index.pinned.has(name) || this.#gained.has(name)
    return seen || reader === undefined || this.#replacements.has(reader) ? undefined : reader
  }

  isPinned(name: string): boolean {
    return this.#index.pinned.has(name)
  }

  isReplaced(node: Node): boolean {
    return this.#replacements.has(node)
  }

  /** How many nodes read a value. */
  readerCount(name: string): number {
    return this.#index.readers.get(name)?.length ?? 0
  }

  /** A name that nothing has: `stem` itself when it is free, else with a number. */
  freshName(stem: string): string {
    const taken = (name: string) => this.#index.names.has(name) || this.#ownNames.has(name)
    let number = this.#nextNumbers.get(stem) ?? 0
    let name = number === 0 ? stem : `${stem}_${number}`
    while (taken(name)) name = `${stem}_${++number}`
    this.#nextNumbers.set(stem, number + 1)
    this.#ownNames.add(name)
    return name
  }

  /** A new constant. */
  addConstant(stem: string, array: NDArray): string {
    const name = this.freshName(stem)
    this.#changedInitializers().set(name, array)
    return name
  }

  #changedInitializers(): Map<string, NDArray> {
    this.#initializers ??= new Map(this.graph.initializers)
    return this.#initializers
  }

  /** New content for a constant: under its own name when nobody else reads it, else under a new one. */
  changeConstant(name: string, array: NDArray): string {
    if (this.readerCount(name) > 1 || this.#index.pinned.has(name) || this.#gained.has(name)) {
      return this.addConstant(name, array)
    }
    this.#changedInitializers().set(name, array)
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
    const edited = removeDead({ ...this.graph, nodes, initializers: this.#initializers ?? this.graph.initializers })
    return inferChanges(edited, new Set([...this.#replacements.values()].flat())) ?? inferShapes(edited)
  }
}
