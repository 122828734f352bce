import type { TensorSpec } from '@gantry/core'
import type { Graph, Node } from '../graph.ts'
import { namesIn } from '../names.ts'
import { capturedValues } from './captured-values.ts'

/** Who writes and who reads every value of a graph. */
export class GraphIndex {
  readonly #graph: Graph
  readonly writers = new Map<string, Node>()
  readonly readers = new Map<string, Node[]>()
  /** What bodies of control-flow nodes read. */
  readonly captured: ReadonlySet<string>
  /** Values that keep their name: those, and graph outputs. */
  readonly pinned: ReadonlySet<string>
  readonly inputs: ReadonlyMap<string, TensorSpec>
  #names: ReadonlySet<string> | undefined

  constructor(graph: Graph) {
    this.#graph = graph
    for (const node of graph.nodes) {
      for (const output of node.outputs) this.writers.set(output, node)
      for (const [index, input] of node.inputs.entries()) {
        if (node.inputs.indexOf(input) !== index) continue
        const readers = this.readers.get(input)
        if (readers === undefined) this.readers.set(input, [node])
        else readers.push(node)
      }
    }
    this.captured = capturedValues(graph)
    this.pinned = new Set([...this.captured, ...graph.outputs.map(({ name }) => name)])
    this.inputs = new Map(graph.inputs.map((input) => [input.name, input]))
  }

  /** All names of values and nodes, also in bodies. */
  get names(): ReadonlySet<string> {
    this.#names ??= namesIn(this.#graph)
    return this.#names
  }
}

const indices = new WeakMap<Graph, GraphIndex>()

/** The index of a graph; made once, as graphs never change and most passes find nothing to do. */
export function graphIndex(graph: Graph): GraphIndex {
  let index = indices.get(graph)
  if (index === undefined) {
    index = new GraphIndex(graph)
    indices.set(graph, index)
  }
  return index
}
