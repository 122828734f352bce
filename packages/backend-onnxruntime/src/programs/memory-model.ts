import { type Graph, graphIndex, type Node } from '@gantry/onnx'
import { executionOrder } from './execution-order.ts'
import { inPlace, reshaping, sizeOf } from './graph-values.ts'

/** A value that can be computed again instead of being kept. */
export interface Recomputable {
  /** The node that writes it. */
  readonly last: Node
  readonly value: string
  /** What it is computed from. */
  readonly start: string
  /** The nodes from there, in their order. */
  readonly chain: readonly Node[]
  /** Its readers, in their order: each group gets a value of its own. */
  readonly groups: readonly (readonly Node[])[]
}

/** A value that is computed several times. */
interface Copies {
  readonly home: string
  /** Where it is computed from, which is kept until then. */
  readonly source: string
  readonly size: number
  /** Numbers that are there only on the way to it. */
  readonly within: number
  /** When each of them is there. */
  readonly spans: readonly { readonly from: number; readonly to: number }[]
}

/** The numbers that are in memory while ONNX Runtime runs a graph and frees each value after its last reader. */
export class MemoryModel {
  readonly #graph: Graph
  readonly #length: number
  readonly #places: ReadonlyMap<Node, number>
  /** The value in whose memory another one lies. */
  readonly #homes = new Map<string, string>()
  readonly #lifetimes = new Map<string, { readonly size: number; readonly from: number; to: number }>()

  readonly #copies = new Map<Recomputable, Copies>()

  constructor(graph: Graph) {
    const order = executionOrder(graph)
    this.#graph = graph
    this.#length = order.length
    this.#places = new Map(order.map((node, place) => [node, place]))
    const { pinned, readers } = graphIndex(graph)
    for (const [from, node] of order.entries()) {
      for (const output of node.outputs) {
        if (this.#isShared(node)) this.#homes.set(output, this.#homeOf(node.inputs[0]!))
        else this.#lifetimes.set(output, { size: sizeOf(graph, output), from, to: from })
        const last = pinned.has(output)
          ? order.length - 1
          : Math.max(from, ...this.#placesOf(readers.get(output) ?? []))
        const lifetime = this.#lifetimes.get(this.#homeOf(output))
        if (lifetime !== undefined) lifetime.to = Math.max(lifetime.to, last)
      }
    }
  }

  /** The most numbers that are there at once, if these values are computed again for every group of readers but the first. */
  peak(recomputed: ReadonlySet<Recomputable>): number {
    const changes = new Float64Array(this.#length + 1)
    const add = (size: number, from: number, to: number) => {
      changes[from]! += size
      changes[to + 1]! -= size
    }
    const kept = new Map<string, number>()
    const again = new Set<string>()
    for (const candidate of recomputed) {
      const { home, source, size, within, spans } = this.#copiesOf(candidate)
      again.add(home)
      for (const { from, to } of spans) {
        add(size, from, to)
        add(within, from, from)
        kept.set(source, Math.max(kept.get(source) ?? 0, from))
      }
    }
    for (const [home, { size, from, to }] of this.#lifetimes) {
      if (!again.has(home)) add(size, from, Math.max(to, kept.get(home) ?? 0))
    }
    let [present, peak] = [0, 0]
    for (const change of changes) {
      present += change
      peak = Math.max(peak, present)
    }
    return peak
  }

  #copiesOf(candidate: Recomputable): Copies {
    const known = this.#copies.get(candidate)
    if (known !== undefined) return known
    const { value, start, chain, groups } = candidate
    const [home, source] = [this.#homeOf(value), this.#homeOf(start)]
    const { size, from } = this.#lifetimes.get(home)!
    const steps = chain.flatMap(({ outputs }) => outputs.map((output) => this.#homeOf(output)))
    const sizes = steps.map((step) => (step === home || step === source ? 0 : this.#lifetimes.get(step)!.size))
    const spans = groups.map((group) => {
      const uses = group.flatMap((reader) => this.#usesBy(reader))
      return { from: Math.min(...uses), to: Math.max(...uses) }
    })
    // The others are written when they are wanted.
    spans.reduce((first, span) => (span.from < first.from ? span : first)).from = from
    const copies = { home, source, size, within: Math.max(...sizes), spans }
    this.#copies.set(candidate, copies)
    return copies
  }

  #homeOf(value: string): string {
    return this.#homes.get(value) ?? value
  }

  #placesOf(nodes: readonly Node[]): number[] {
    return nodes.flatMap((node) => this.#places.get(node) ?? [])
  }

  /** Whether a node's output lies in the memory of its first operand. */
  #isShared({ operator, inputs, outputs }: Node): boolean {
    if (reshaping.has(operator)) return true
    const { readers, writers } = graphIndex(this.#graph)
    // It becomes part of the products.
    if (operator === 'Transpose')
      return readers.get(outputs[0]!)?.every((reader) => reader.operator === 'MatMul') ?? false
    return inPlace.has(operator) && writers.has(inputs[0]!) && readers.get(inputs[0]!)?.length === 1
  }

  /** When a reader needs what it reads: a node that only passes it on, when that is read. */
  #usesBy(reader: Node): number[] {
    if (!this.#isShared(reader)) return this.#placesOf([reader])
    const { readers } = graphIndex(this.#graph)
    return reader.outputs.flatMap((output) => readers.get(output) ?? []).flatMap((next) => this.#usesBy(next))
  }
}
