import { bytesPerElement, type NDArray, type TensorSpec } from '@gantry/core'
import { evaluateNode } from '../folding/evaluate-node.ts'
import type { Graph, Node } from '../graph.ts'
import { analyzeShapes } from '../infer-shapes.ts'
import { vectorArray } from '../inference/shape-analysis.ts'
import { capturedValues, capturesOf } from './captured-values.ts'
import { removeDead } from './remove-dead.ts'
import { renameValues } from './rename-values.ts'

/** By how many bytes one folded value may make the file larger. */
const GROWTH_LIMIT = 16 * 1024

/** A value of constants, and the initializers that it was computed from. */
interface Folded {
  readonly array: NDArray
  readonly roots: ReadonlySet<string>
}

/**
 * Computes nodes whose inputs are constants ahead of time, and shapes that are known without any input.
 *
 * Where a result is larger than the constants that it replaces (Expand, Tile, ConstantOfShape) by more than 16 KiB, the
 * nodes stay. Nodes that write graph outputs stay, too. A result that stands for one weight takes the weight's name.
 */
export function foldConstants(graph: Graph): Graph {
  if (!graph.nodes.some((node) => mayFold(graph, node))) return graph
  const folded = evaluateAll(graph)
  if (folded.size === 0) return graph
  const { kept, needed } = choose(graph, folded)
  const nodes = graph.nodes.filter(
    ({ outputs }) => !isFolded(outputs, folded) || outputs.some((name) => kept.has(name)),
  )
  if (nodes.length === graph.nodes.length) return graph
  const renames = new Map<string, string>()
  const initializers = new Map([...graph.initializers].filter(([name]) => needed.has(name)))
  for (const node of graph.nodes) {
    for (const output of node.outputs) {
      const value = folded.get(output)
      if (value === undefined || kept.has(output) || !needed.has(output)) continue
      const name = weightOf(value, graph, initializers) ?? output
      initializers.set(name, value.array)
      if (name !== output) renames.set(output, name)
    }
  }
  const valueSpecs = new Map([...graph.valueSpecs].filter(([name]) => !folded.has(name) || kept.has(name)))
  return removeDead(renameValues({ ...graph, nodes, initializers, valueSpecs }, renames))
}

/** Whether a node can be the first of those that are computed: it reads nothing but constants, or a shape. */
function mayFold({ initializers, valueSpecs }: Graph, { inputs, outputs }: Node): boolean {
  const spec = valueSpecs.get(outputs[0] ?? '')
  return (spec !== undefined && mayBeShape(spec)) || inputs.every((name) => name === '' || initializers.has(name))
}

const mayBeShape = ({ dtype }: TensorSpec) => dtype === 'int64' || dtype === 'int32'

function isFolded(outputs: readonly string[], folded: ReadonlyMap<string, Folded>): boolean {
  return outputs.some((name) => folded.has(name))
}

function bytesOf({ data }: NDArray): number {
  return data.byteLength
}

/** Every value that can be computed without inputs. */
function evaluateAll(graph: Graph): Map<string, Folded> {
  // Few graphs compute shapes that their inputs decide.
  let vectors: ReturnType<typeof analyzeShapes>['vectors'] | undefined
  const pinned = new Set([...capturedValues(graph), ...graph.outputs.map(({ name }) => name)])
  const arrays = new Map(graph.initializers)
  const folded = new Map<string, Folded>()
  for (const node of graph.nodes) {
    if (capturesOf(node).size > 0 || node.outputs.some((name) => pinned.has(name))) continue
    const inputs = node.inputs.filter((name) => name !== '')
    const roots = new Set(inputs.flatMap((name) => [...(folded.get(name)?.roots ?? [name])]))
    const results =
      computed(graph, node, inputs, roots, arrays) ??
      knownShape(graph, node, () => (vectors ??= analyzeShapes(graph).vectors))
    for (const [index, array] of results?.entries() ?? []) {
      const name = node.outputs[index]!
      if (name === '') continue
      arrays.set(name, array)
      folded.set(name, { array, roots: new Set([...roots].filter((root) => graph.initializers.has(root))) })
    }
  }
  return folded
}

function computed(
  graph: Graph,
  node: Node,
  inputs: readonly string[],
  roots: ReadonlySet<string>,
  arrays: ReadonlyMap<string, NDArray>,
): readonly NDArray[] | undefined {
  if (!inputs.every((name) => arrays.has(name))) return undefined
  const rootBytes = [...roots].reduce((sum, name) => sum + bytesOf(graph.initializers.get(name)!), 0)
  const limit = node.operator === 'Constant' ? Number.POSITIVE_INFINITY : GROWTH_LIMIT + 4 * rootBytes
  return evaluateNode(node, arrays, limit)
}

/** Shapes that the graph computes, where no length of them is symbolic. */
function knownShape(
  graph: Graph,
  { outputs }: Node,
  vectors: () => ReadonlyMap<string, readonly (number | string)[]>,
): readonly NDArray[] | undefined {
  const [output] = outputs
  const spec = graph.valueSpecs.get(output ?? '')
  if (outputs.length !== 1 || spec === undefined || !mayBeShape(spec)) return undefined
  const vector = vectors().get(output!)
  const array = vector && vectorArray(spec, vector)
  return array && [array]
}

/**
 * From the end of the graph: a folded value that a remaining node reads becomes an initializer, or its node stays after
 * all because the file would grow too much. What only folded nodes read vanishes.
 */
function choose(
  graph: Graph,
  folded: ReadonlyMap<string, Folded>,
): { readonly kept: ReadonlySet<string>; readonly needed: ReadonlySet<string> } {
  const needed = new Set([...capturedValues(graph), ...graph.outputs.map(({ name }) => name)])
  for (const { inputs, outputs } of graph.nodes) {
    if (!isFolded(outputs, folded)) for (const input of inputs) needed.add(input)
  }
  const kept = new Set<string>()
  // A constant that several results were computed from is not replaced by any of them.
  const claimed = claimedTwice(graph, folded, needed)
  for (const { inputs, outputs } of graph.nodes.toReversed()) {
    const wanted = outputs.filter((name) => folded.has(name) && needed.has(name))
    if (wanted.length === 0) continue
    const bytes = wanted.reduce((sum, name) => sum + bytesOf(folded.get(name)!.array), 0)
    const freed = [...folded.get(wanted[0]!)!.roots].filter((root) => !needed.has(root) && !claimed.has(root))
    const freedBytes = freed.reduce((sum, root) => sum + bytesOf(graph.initializers.get(root)!), 0)
    if (bytes - freedBytes <= GROWTH_LIMIT || inputs.length === 0) {
      for (const root of freed) claimed.add(root)
      continue
    }
    for (const name of outputs) kept.add(name)
    for (const input of inputs) needed.add(input)
  }
  return { kept, needed }
}

/** Initializers that went into the results of several nodes. */
function claimedTwice({ nodes }: Graph, folded: ReadonlyMap<string, Folded>, needed: ReadonlySet<string>): Set<string> {
  const once = new Set<string>()
  const twice = new Set<string>()
  for (const { outputs } of nodes) {
    const wanted = outputs.filter((name) => folded.has(name) && needed.has(name))
    for (const root of new Set(wanted.flatMap((name) => [...folded.get(name)!.roots]))) {
      if (once.has(root)) twice.add(root)
      once.add(root)
    }
  }
  return twice
}

/** The one weight of the value's size that went into it and is gone. */
function weightOf(
  { array, roots }: Folded,
  graph: Graph,
  initializers: ReadonlyMap<string, NDArray>,
): string | undefined {
  const elements = (other: NDArray) => bytesOf(other) / bytesPerElement(other.dtype)
  const large = [...roots].filter((root) => {
    const own = graph.initializers.get(root)!
    return own.dtype === array.dtype && elements(own) === elements(array)
  })
  const [name] = large
  return large.length === 1 && name !== undefined && !initializers.has(name) ? name : undefined
}
