import type { NamedTensorSpec, State } from '@gantry/core'
import { type GraphIndex, graphIndex, type Node } from '@gantry/onnx'
import { nodeFor } from '../programs/graph-values.ts'
import { type FoundUpdate, findUpdates, outputsOf, specOf, type UpdatedGraph } from './find-updates.ts'
import type { Update } from './update-loop.ts'

/** What is updated after a program's run. */
export interface ProgramUpdates {
  readonly updates: readonly Update[]
  /** Outputs that it has for them alone. */
  readonly added: readonly NamedTensorSpec[]
}

/** A graph without its updates. */
export interface SplitGraph extends UpdatedGraph, ProgramUpdates {
  /** The variables that are updated after its run, by the names of the outputs that it has no more. */
  readonly updated: ReadonlyMap<string, string>
}

/** A graph that makes its updates itself. */
export function withoutUpdates(own: UpdatedGraph): SplitGraph {
  return { ...own, updates: [], updated: new Map(), added: [] }
}

/** Bytes that can be updated: as many as a WebAssembly memory has, less room for what is copied there. */
const MOST_BYTES = 0xf000_0000

/**
 * {@link splitUpdates} of graphs that share a state. What one of them writes by itself, all do.
 *
 * @param others variables that are replaced in another way
 */
export function splitAllUpdates(
  graphs: readonly UpdatedGraph[],
  state: State,
  others: Iterable<string> = [],
): readonly SplitGraph[] {
  const bytes = Object.values(state).reduce((total, { data }) => total + data.byteLength, 0)
  if (bytes > MOST_BYTES) return graphs.map(withoutUpdates)
  const otherwise = new Set(others)
  const isFree = ({ update }: FoundUpdate) => update.variables.every((variable) => !otherwise.has(variable))
  let found = graphs.map(findUpdates)
  for (;;) {
    for (const [index, own] of graphs.entries())
      for (const name of writtenWithout(own, found[index]!)) otherwise.add(name)
    const free = found.map((updates) => updates.filter(isFree))
    if (free.every(({ length }, index) => length === found[index]!.length))
      return graphs.map((own, index) => split(own, found[index]!))
    found = free
  }
}

/** The variables that a graph writes itself, when these updates are taken out of it. */
function writtenWithout({ written }: UpdatedGraph, found: readonly FoundUpdate[]): readonly string[] {
  const without = outputsOf(found)
  return [...written].flatMap(([output, variable]) => (without.has(output) ? [] : [variable]))
}

/**
 * Takes the updates of large variables out of a graph: what an optimizer and a moving average do with every number of a weight.
 *
 * ONNX Runtime goes through memory once for each operator, twelve times for Adam; a loop over numbers goes once. An update is made
 * of element-wise nodes whose results nobody reads but each other and the state.
 */
export function splitUpdates(own: UpdatedGraph): SplitGraph {
  return split(own, findUpdates(own))
}

function split(own: UpdatedGraph, found: readonly FoundUpdate[]): SplitGraph {
  if (found.length === 0) return withoutUpdates(own)
  const { graph, written } = own
  const index = graphIndex(graph)
  const gone = new Set(found.flatMap(({ nodes }) => nodes))
  const without = outputsOf(found)
  const taken = [...new Set(found.flatMap(({ update }) => [...update.given, ...update.scalars]))]
  // What is an output already has another place to go to.
  const isFreeOutput = (name: string) => index.writers.has(name) && !index.pinned.has(name)
  const takenName = (name: string) => (isFreeOutput(name) ? name : newName(`${name}.taken`, index))
  const added = taken.map((name) => ({ ...specOf(graph, index, name)!, name: takenName(name) }))
  const copied = taken.filter((name) => !isFreeOutput(name))
  const outputs = [...graph.outputs.filter(({ name }) => !without.has(name)), ...added]
  const nodes = inOrder(
    [
      ...graph.nodes.filter((node) => !gone.has(node)),
      ...copied.map((name) => nodeFor('Identity', [name], [takenName(name)])),
    ],
    [...outputs.map(({ name }) => name), ...index.captured],
    new Set(taken),
  )
  const used = new Set([...nodes.flatMap(({ inputs }) => inputs), ...index.pinned])
  const entries = [...written]
  return {
    ...own,
    graph: {
      ...graph,
      nodes,
      outputs,
      inputs: graph.inputs.filter(({ name }) => !own.stateOf.has(name) || used.has(name)),
    },
    written: new Map(entries.filter(([output]) => !without.has(output))),
    updates: found.map(({ update }) => ({
      ...update,
      given: update.given.map(takenName),
      scalars: update.scalars.map(takenName),
    })),
    updated: new Map(entries.filter(([output]) => without.has(output))),
    added,
  }
}

/**
 * Nodes without those that nobody needs any more, and in the order that is best for memory: ONNX Runtime begins with the node that
 * stands last of those whose results no other node reads. That should be the gradient which is there first, or all
 * that gradients are made of would be kept until the last one is there.
 */
function inOrder(nodes: readonly Node[], outputs: readonly string[], gradients: ReadonlySet<string>): Node[] {
  const needed = new Set(outputs)
  const read = new Set<string>()
  const living: Node[] = []
  for (const node of nodes.toReversed()) {
    if (!node.outputs.some((output) => needed.has(output))) continue
    for (const name of node.inputs) {
      needed.add(name)
      read.add(name)
    }
    living.push(node)
  }
  living.reverse()
  const isLast = ({ outputs }: Node) =>
    outputs.every((output) => !read.has(output)) && outputs.some((output) => gradients.has(output))
  return [...living.filter((node) => !isLast(node)), ...living.filter(isLast).toReversed()]
}

/** A name that nothing has yet. */
function newName(name: string, index: GraphIndex): string {
  return index.names.has(name) ? newName(`${name}'`, index) : name
}
