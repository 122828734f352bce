import { sizeOfShape, type TensorSpec } from '@gantry/core'
import { type Graph, type GraphIndex, graphIndex, type Node } from '@gantry/onnx'
import { knownShape, reshaping } from '../programs/graph-values.ts'
import { LOOP_OPERATORS, type LoopOperator, type Update } from './update-loop.ts'

/** Below this many numbers a graph does it as fast. */
const LEAST = 1 << 10

/** A graph, and the state by the names of its inputs that hold it and of its outputs that replace it. */
export interface UpdatedGraph {
  readonly graph: Graph
  readonly stateOf: ReadonlyMap<string, string>
  readonly written: ReadonlyMap<string, string>
}

/** Nodes that compute the new values of some variables, which share values with each other and with no one else. */
interface Part {
  readonly nodes: readonly Node[]
  /** Values and variables by which it hangs together. */
  readonly shared: ReadonlySet<string>
  /** Numbers in each of its values. */
  readonly size: number
}

/** An update, and the nodes that make it in a graph. */
export interface FoundUpdate {
  readonly update: Update
  readonly nodes: readonly Node[]
}

/** The updates of a graph: of element-wise nodes whose results nobody reads but each other and the state. */
export function findUpdates(own: UpdatedGraph): readonly FoundUpdate[] {
  const index = graphIndex(own.graph)
  const found = partsOf(own, closingNodes(own, index)).flatMap((part) => {
    const update = updateOf(own, index, part)
    return update === undefined ? [] : [{ update, nodes: part.nodes }]
  })
  // A graph without outputs is no program: one that would give nothing makes its updates itself.
  const made = outputsOf(found)
  const gives = found.some(({ update }) => update.given.length + update.scalars.length > 0)
  return gives || own.graph.outputs.some(({ name }) => !made.has(name)) ? found : []
}

/** What the nodes write that make updates. */
export const outputsOf = (found: readonly FoundUpdate[]): ReadonlySet<string> =>
  new Set(found.flatMap(({ nodes }) => nodes.flatMap(({ outputs }) => outputs)))

/** What a reshaped value was before: the same numbers in the same order. */
function sourceOf(graph: Graph, index: GraphIndex, name: string): string {
  const writer = index.writers.get(name)
  const isReshaped = writer !== undefined && writer.domain === undefined && reshaping.has(writer.operator)
  if (!isReshaped) return name
  const [source] = writer.inputs as [string]
  return lengthOf(graph, index, source) === lengthOf(graph, index, name) ? sourceOf(graph, index, source) : name
}

/** What is known of a value. */
export const specOf = (graph: Graph, { inputs }: GraphIndex, name: string): TensorSpec | undefined =>
  inputs.get(name) ?? graph.initializers.get(name) ?? graph.valueSpecs.get(name)

/** The length of a float32 value, when it is known. */
function lengthOf(graph: Graph, index: GraphIndex, name: string): number | undefined {
  const spec = specOf(graph, index, name)
  const shape = knownShape(spec)
  return spec?.dtype === 'float32' && shape !== undefined ? sizeOfShape(shape) : undefined
}

/** Element-wise nodes that only such nodes and large variables of the state wait for, and that go through a variable themselves. */
function closingNodes(own: UpdatedGraph, index: GraphIndex): ReadonlySet<Node> {
  const { graph, written } = own
  const closing = new Set<Node>()
  for (const node of graph.nodes.toReversed()) {
    const [output] = node.outputs
    if (node.domain !== undefined || !(node.operator in LOOP_OPERATORS) || output === undefined) continue
    const size = lengthOf(graph, index, output)
    if (size === undefined || size < LEAST || !goesNumberByNumber(graph, index, node)) continue
    // ONNX Runtime makes a quotient of it and the product that it goes into, and rounds once.
    if (node.operator === 'Div' && lengthOf(graph, index, node.inputs[0]!) === 1) continue
    if (index.captured.has(output) || (index.pinned.has(output) && !written.has(output))) continue
    const readers = index.readers.get(output) ?? []
    if (!readers.every((reader) => closing.has(reader))) continue
    if (readers.length > 0 || written.has(output)) closing.add(node)
  }
  return throughState(own, index, closing)
}

/** Whether every operand is as long as the result, or one number. */
function goesNumberByNumber(graph: Graph, index: GraphIndex, { inputs, outputs }: Node): boolean {
  const lengths = (name: string) => String(withoutLeadingOnes(specOf(graph, index, name)!.shape))
  return inputs.every((input) => {
    const size = lengthOf(graph, index, input)
    return size === 1 || (size !== undefined && lengths(input) === lengths(outputs[0]!))
  })
}

function withoutLeadingOnes(shape: TensorSpec['shape']): TensorSpec['shape'] {
  const first = shape.findIndex((length) => length !== 1)
  return first < 0 ? [] : shape.slice(first)
}

/**
 * Those that read a variable or what comes of it, and those before them that need no more than they do, such as the square of
 * the gradient.
 */
function throughState(
  { graph, stateOf }: UpdatedGraph,
  index: GraphIndex,
  closing: ReadonlySet<Node>,
): ReadonlySet<Node> {
  const through = new Set<Node>()
  const isOwn = (name: string) => {
    const writer = index.writers.get(name)
    return writer === undefined ? stateOf.has(name) : through.has(writer)
  }
  const arrays = ({ inputs }: Node) =>
    [...new Set(inputs.map((input) => sourceOf(graph, index, input)))].filter(
      (name) => lengthOf(graph, index, name) !== 1,
    )
  for (const node of graph.nodes) if (closing.has(node) && arrays(node).some(isOwn)) through.add(node)
  const given = new Set([...through].flatMap((node) => arrays(node).filter((name) => !isOwn(name))))
  for (const node of graph.nodes.toReversed()) {
    if (!closing.has(node) || through.has(node)) continue
    if (!index.readers.get(node.outputs[0]!)?.every((reader) => through.has(reader))) continue
    const needed = arrays(node).filter((name) => !isOwn(name))
    // In the place of what it writes.
    if (needed.filter((name) => !given.has(name)).length > 1) continue
    given.delete(node.outputs[0]!)
    for (const name of needed) given.add(name)
    through.add(node)
  }
  return through
}

/** Nodes that share a value of their length, or a variable, belong together. */
function partsOf({ graph, stateOf }: UpdatedGraph, closing: ReadonlySet<Node>): readonly Part[] {
  const index = graphIndex(graph)
  const partOf = new Map<string, Part>()
  const parts = new Set<Part>()
  for (const node of graph.nodes) {
    if (!closing.has(node)) continue
    const size = lengthOf(graph, index, node.outputs[0]!)!
    const names = [...node.inputs, ...node.outputs].map((name) => sourceOf(graph, index, name))
    const shared = names.flatMap((name) => {
      const writer = index.writers.get(name)
      if (lengthOf(graph, index, name) !== size) return []
      if (writer !== undefined) return closing.has(writer) ? [`value ${name}`] : []
      // It may be there by several names.
      const variable = stateOf.get(name)
      return variable === undefined ? [] : [`variable ${variable}`]
    })
    const joined = new Set(shared.flatMap((name) => partOf.get(name) ?? []))
    const part: Part = {
      size,
      nodes: [...[...joined].flatMap(({ nodes }) => nodes), node],
      shared: new Set([...shared, ...[...joined].flatMap((other) => [...other.shared])]),
    }
    for (const other of joined) parts.delete(other)
    parts.add(part)
    for (const name of part.shared) partOf.set(name, part)
  }
  return [...parts]
}

/** At most this many arrays besides variables: each is kept until the graph has run. */
export const MOST_GIVEN = 1

function updateOf(
  { graph, stateOf, written }: UpdatedGraph,
  index: GraphIndex,
  { nodes, size }: Part,
): Update | undefined {
  const own = new Set(nodes)
  const sorted = graph.nodes.filter((node) => own.has(node))
  const inside = sorted.map(({ outputs }) => outputs[0]!)
  const read = sorted.flatMap(({ inputs }) => inputs.map((input) => sourceOf(graph, index, input)))
  const outside = [...new Set(read)].filter((name) => !inside.includes(name))
  const scalars = outside.filter((name) => lengthOf(graph, index, name) === 1)
  const arrays = outside.filter((name) => lengthOf(graph, index, name) !== 1)
  const olds = arrays.filter((name) => stateOf.has(name))
  const given = arrays.filter((name) => !stateOf.has(name))
  const variables = olds.map((name) => stateOf.get(name)!)
  const values = [...olds, ...given, ...scalars, ...inside]
  const place = (name: string) => values.indexOf(sourceOf(graph, index, name))
  const writes = inside.flatMap((output) => {
    const variable = written.get(output)
    return variable === undefined ? [] : [{ array: variables.indexOf(variable), value: place(output) }]
  })
  if (given.length > MOST_GIVEN || given.some((name) => !index.writers.has(name))) return undefined
  // A variable that is written but not read would need a place of its own, one that is read twice two.
  if (writes.some(({ array }) => array < 0) || new Set(variables).size < variables.length) return undefined
  const operations = sorted.map(({ operator, inputs }) => ({
    operator: operator as LoopOperator,
    operands: inputs.map(place),
  }))
  const loop = { arrays: arrays.length, scalars: scalars.length, operations, writes }
  return { loop, size, variables, given, scalars }
}
