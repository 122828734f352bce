import { type NamedTensorSpec, type NDArray, ndarray, sizeOfShape, type TensorSpec } from '@gantry/core'
import { attribute, type Graph, int64Vector, renameGraph } from '@gantry/onnx'
import { forgetShapes } from './forget-shapes.ts'
import { knownShape, LARGE, nodeFor, OPEN } from './graph-values.ts'
import { recomputeTransforms } from './recompute-transforms.ts'
import { writtenInPlace } from './written-in-place.ts'

/** A graph, and the state by the names of the graph inputs that hold it. */
export interface JoinableGraph {
  readonly graph: Graph
  readonly stateOf: ReadonlyMap<string, string>
  /** The state by the names of the graph outputs that replace it. */
  readonly written: ReadonlyMap<string, string>
}

export interface JoinedGraph {
  readonly graph: Graph
  /** Names of all variables that a graph reads. */
  readonly variables: readonly string[]
  /** Inputs that are fed, of all graphs. */
  readonly feeds: readonly NamedTensorSpec[]
  /** Of each graph, what it can write in the memory that it reads: {@link writtenInPlace}. */
  readonly inPlace: readonly ReadonlyMap<string, string>[]
}

/** The input that says which graph is to run: its place in the list, int64[1]. */
export const CHOICE = 'joined.choice'

/** Names that inputs and outputs have in the joined graph. */
export const joinedName = {
  state: (name: string) => `state.${name}`,
  feed: (index: number, name: string) => `feed.${index}.${name}`,
  output: (index: number, name: string) => `output.${index}.${name}`,
}

const ZERO = 'joined.zero'

/**
 * One graph that does what one of several does, each the body of an If.
 *
 * All read the same inputs of state. Feeds of the others may be empty, as their outputs are.
 *
 * @param writesInPlace whether state can be written where it lies
 */
export function chooseGraph(graphs: readonly JoinableGraph[], writesInPlace: boolean): JoinedGraph {
  const variables = new Map<string, NamedTensorSpec>()
  const feeds: NamedTensorSpec[] = []
  const outputs: NamedTensorSpec[] = []
  const inPlace: ReadonlyMap<string, string>[] = []
  const initializers = new Map<string, NDArray>([['joined.nothing', int64Vector([0])]])
  const nodes = [nodeFor('Mul', [CHOICE, 'joined.nothing'], [ZERO])]
  const recomputing = recomputeTransforms(
    graphs.map(({ graph }) => graph),
    ZERO,
  )
  for (const [index, { graph, stateOf, written }] of graphs.entries()) {
    const outside = new Map([[ZERO, ZERO]])
    for (const spec of graph.inputs) {
      const variable = stateOf.get(spec.name)
      const joined = variable === undefined ? joinedName.feed(index, spec.name) : joinedName.state(variable)
      outside.set(spec.name, joined)
      if (variable === undefined) feeds.push(openSpec(joined, spec))
      else variables.set(variable, openIfLarge(joined, spec))
    }
    const open = graph.outputs.map((output) => openSpec(joinedName.output(index, output.name), output))
    outputs.push(...open)
    const [place, chosen] = [`joined.place.${index}`, `joined.chosen.${index}`]
    initializers.set(place, int64Vector([index]))
    const own = recomputing[index]!
    inPlace.push(writesInPlace ? writtenInPlace(own, stateOf, written) : new Map())
    const frugal = forgetShapes(own, ZERO)
    const bodies = {
      then_branch: attribute.graph(bodyOf(frugal, (name) => outside.get(name) ?? `${index}.${name}`)),
      else_branch: attribute.graph(emptyBody(index, graph.outputs)),
    }
    const returned = open.map(({ name }) => name) as [string, ...string[]]
    nodes.push(nodeFor('Equal', [CHOICE, place], [chosen]), nodeFor('If', [chosen], returned, bodies))
  }
  const inputs = [{ name: CHOICE, dtype: 'int64', shape: [1] } as const, ...variables.values(), ...feeds]
  const graph = { name: 'programs', inputs, outputs, initializers, nodes, valueSpecs: new Map() }
  return { graph, variables: [...variables.keys()], feeds, inPlace }
}

/** A spec that says nothing of lengths: the value may be empty, and an If does not make room for it before it begins. */
function openSpec(name: string, { dtype, shape }: TensorSpec): NamedTensorSpec {
  return { name, dtype, shape: shape.map(() => OPEN) }
}

/** The same for a large value only. */
function openIfLarge(name: string, { dtype, shape }: TensorSpec): NamedTensorSpec {
  const known = knownShape({ dtype, shape })
  return known !== undefined && sizeOfShape(known) < LARGE ? { name, dtype, shape } : openSpec(name, { dtype, shape })
}

/** A graph as the body of an If: it has no inputs of its own, and itself writes whatever it returns. */
function bodyOf(graph: Graph, rename: (name: string) => string): Graph {
  const body = renameGraph(graph, rename)
  const written = new Set(body.nodes.flatMap(({ outputs }) => outputs))
  const passed = body.outputs.filter(({ name }) => !written.has(name)).map(({ name }) => name)
  const returned = (name: string) => (written.has(name) ? name : `returned.${name}`)
  return {
    ...body,
    inputs: [],
    outputs: body.outputs.map((output) => openIfLarge(returned(output.name), output)),
    nodes: [...body.nodes, ...passed.map((name) => nodeFor('Identity', [name], [returned(name)]))],
  }
}

/** A body that returns as many values, of the same ranks, with as few numbers as there can be. */
function emptyBody(index: number, outputs: readonly NamedTensorSpec[]): Graph {
  const empty = outputs.map(({ name, dtype, shape }) => ({
    name: `none.${index}.${name}`,
    dtype,
    shape: shape.map(() => 0),
  }))
  const nodes = empty.map(({ name, dtype, shape }) =>
    nodeFor('Constant', [], [name], { value: attribute.tensor(ndarray(dtype, shape)) }),
  )
  return { name: 'nothing', inputs: [], outputs: empty, initializers: new Map(), nodes, valueSpecs: new Map() }
}
