import type { NDArray } from '@gantry/core'
import type { Attributes, Body, Graph, Node } from '../graph.ts'
import { ShapeAnalysis } from '../inference/shape-analysis.ts'
import { namesIn } from '../names.ts'
import { NEWEST_OPSET, OPSET, opsetOf } from '../operator-sets.ts'
import { changes, lasting } from './registry.ts'
import type { UpgradeContext } from './upgrade.ts'
import { without } from './upgrade.ts'

/** A graph as the working operator set says it, as far as that is known. */
export interface Reading {
  readonly analysis: ShapeAnalysis
  readonly nodes: readonly Node[]
  readonly initializers: ReadonlyMap<string, NDArray>
  /** Whether every node was understood. Others stand among the nodes as they are. */
  readonly complete: boolean
}

/** Whether the nodes of a graph mean what Gantry's passes take them to mean. */
export function isCurrent(graph: Graph): boolean {
  const opset = opsetOf(graph)
  // A function of the file's own may stand for any operator.
  const redefined = graph.functions?.some(({ domain }) => domain === '') === true
  return opset >= OPSET && opset <= NEWEST_OPSET && !redefined
}

/** Reads the nodes of a graph in order: what they mean by their operator set, and the specs that follow. */
export function readNodes(graph: Graph): Reading {
  const analysis = new ShapeAnalysis(graph)
  if (isCurrent(graph)) {
    for (const node of graph.nodes) analysis.visit(node)
    return { analysis, nodes: graph.nodes, initializers: graph.initializers, complete: true }
  }
  const opset = opsetOf(graph)
  const readable = opset >= 1 && opset < OPSET && graph.functions === undefined
  return new NodeReader(opset, namesIn(graph), readable).read(graph, analysis)
}

class NodeReader {
  readonly #opset: number
  readonly #names: Set<string>
  readonly #readable: boolean

  constructor(opset: number, names: Set<string>, readable: boolean) {
    this.#opset = opset
    this.#names = names
    this.#readable = readable
  }

  read(graph: Body, analysis: ShapeAnalysis): Reading {
    const initializers = new Map(graph.initializers)
    const context: UpgradeContext = {
      opset: this.#opset,
      spec: (name) => analysis.specs.get(name ?? ''),
      constant: (name) => analysis.arrays.get(name ?? ''),
      freshName: (stem) => this.#freshName(stem),
      addConstant: (stem, array) => {
        const name = this.#freshName(stem)
        initializers.set(name, array)
        analysis.learn(name, array)
        return name
      },
    }
    let complete = true
    const nodes = graph.nodes.flatMap((node) => {
      const upgraded = this.#upgrade(node, context, analysis)
      complete &&= upgraded !== undefined
      if (upgraded === undefined) analysis.visit(node, true)
      for (const each of upgraded ?? []) analysis.visit(each)
      return upgraded ?? [node]
    })
    return { analysis, nodes, initializers, complete }
  }

  #upgrade(node: Node, context: UpgradeContext, analysis: ShapeAnalysis): readonly Node[] | undefined {
    if (node.domain !== undefined) return this.#readable ? [node] : undefined
    const change = changes.get(node.operator)
    if (!this.#readable || (change === undefined && !lasting.has(node.operator))) return undefined
    const attributes = this.#upgradeBodies(node.attributes, analysis)
    if (attributes === undefined) return undefined
    // Before opset 6, nodes said which inputs they might overwrite.
    const plain = { ...node, attributes: this.#opset < 6 ? without(attributes, 'consumed_inputs') : attributes }
    return change !== undefined && this.#opset < change.below ? change.upgrade(plain, context) : [plain]
  }

  /** Undefined where a body of control flow holds a node that is not understood. */
  #upgradeBodies(attributes: Attributes, outer: ShapeAnalysis): Attributes | undefined {
    if (!Object.values(attributes).some(({ type }) => type === 'graph')) return attributes
    const upgraded: [string, Attributes[string]][] = []
    for (const [name, attribute] of Object.entries(attributes)) {
      if (attribute.type !== 'graph') {
        upgraded.push([name, attribute])
        continue
      }
      const body = attribute.value
      const { nodes, initializers, complete } = this.read(body, new ShapeAnalysis(body, outer))
      if (!complete) return undefined
      upgraded.push([name, { type: 'graph', value: { ...body, nodes, initializers } }])
    }
    return Object.fromEntries(upgraded)
  }

  #freshName(stem: string): string {
    let name = stem
    for (let number = 1; this.#names.has(name); number++) name = `${stem}_${number}`
    this.#names.add(name)
    return name
  }
}
