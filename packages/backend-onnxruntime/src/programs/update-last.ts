import { sizeOfShape, type TensorSpec } from '@gantry/core'
import { attribute, dataTypeOf, type Graph, graphIndex, type Node } from '@gantry/onnx'
import { Dependencies } from './dependencies.ts'
import { elementwise, knownShape, LARGE, nodeFor, shapeOf } from './graph-values.ts'
import { Rewiring } from './rewiring.ts'
import { sortNodes } from './sort-nodes.ts'
import { lateReaders, type Replacement, replacements } from './written-in-place.ts'

/** A number that an update is multiplied with, or divided by. */
interface Factor {
  readonly node: Node
  readonly value: string
}

/**
 * Lets the update of a weight wait for the gradients that read the old one, so that it can be written in its memory.
 *
 * Nothing in a graph says that the gradient of a layer below comes before the update. So a number that the update is multiplied
 * with, such as the rate, gets a zero added that is known when the gradients are.
 *
 * @param zero an int64[1] that holds 0, and of which ONNX Runtime does not know it
 */
export function updateLast(
  graph: Graph,
  stateOf: ReadonlyMap<string, string>,
  written: ReadonlyMap<string, string>,
  zero: string,
): Graph {
  const index = graphIndex(graph)
  const dependencies = new Dependencies(index)
  const rewiring = new Rewiring()
  const besides = new Map<Node, string>()
  for (const replacement of replacements(index, stateOf, written)) {
    const { old, writer } = replacement
    const late = lateReaders(index, dependencies, old, writer)
    if (late === undefined || late.length === 0) continue
    const after = dependencies.after(writer)
    const factor = factorOf(graph, replacement)
    const signs = late.map((reader) => signOf(graph, reader, after))
    if (factor === undefined || !signs.every((sign) => sign !== undefined)) continue
    const awaited = [...new Set(signs)]
    dependencies.wait(factor.node, awaited)
    rewiring.insertBefore(factor.node, waitFor(awaited, factor, zero))
    rewiring.replaceInput(factor.node, factor.value, waited(factor))
    // ONNX Runtime runs the operand first that stands last: what belongs to the layer itself, before the gradient of the one below.
    for (const operand of factor.node.inputs) {
      const own = operand === factor.value ? undefined : index.writers.get(operand)
      if (own !== undefined) besides.set(own, waited(factor))
    }
  }
  return besides.size === 0 ? graph : { ...graph, nodes: sortNodes(rewiring.applyTo(graph), besides) }
}

/** How many nodes are looked at for a sign that one has run. */
const FAR = 100

/**
 * A node that runs after one and writes little, so that it costs nothing to keep that till the update: the gradient of a bias, say,
 * of the layer below.
 *
 * @param excluded what needs the new value, and cannot come before it
 */
function signOf(graph: Graph, start: Node, excluded: ReadonlySet<Node>): Node | undefined {
  const { readers } = graphIndex(graph)
  const found = new Set([start])
  for (const node of found) {
    if (found.size > FAR || excluded.has(node)) return undefined
    const shape = shapeOf(graph, node.outputs[0]!)
    if (shape !== undefined && sizeOfShape(shape) <= LARGE) return node
    for (const output of node.outputs) for (const reader of readers.get(output) ?? []) found.add(reader)
  }
  return undefined
}

/** The number nearest to the update, of nodes that nothing but the update waits for. */
function factorOf(graph: Graph, { old, writer }: Replacement): Factor | undefined {
  const { pinned, readers, writers, inputs } = graphIndex(graph)
  const specOf = (name: string): TensorSpec | undefined =>
    inputs.get(name) ?? graph.initializers.get(name) ?? graph.valueSpecs.get(name)
  const isNumber = (name: string) => {
    const spec = specOf(name)
    const shape = knownShape(spec)
    return spec?.dtype === 'float32' && shape !== undefined && shape.length <= 1 && sizeOfShape(shape) === 1
  }
  const open = [writer]
  for (let next = open.shift(); next !== undefined; next = open.shift()) {
    const { operator, domain, inputs: operands } = next
    if (domain !== undefined || !elementwise.has(operator)) continue
    const value = operands.find(isNumber)
    if (value !== undefined && next !== writer) return { node: next, value }
    for (const operand of operands) {
      const before = writers.get(operand)
      if (operand === old || before === undefined || pinned.has(operand)) continue
      if (readers.get(operand)?.length === 1) open.push(before)
    }
  }
  return undefined
}

const waited = ({ node, value }: Factor) => `${node.outputs[0]}.late.${value}`

/** Nodes that write a factor again, when all of these have run. */
function waitFor(awaited: readonly Node[], factor: Factor, zero: string): readonly Node[] {
  const own = waited(factor)
  const sizes = awaited.map(({ outputs }, place) => nodeFor('Size', [outputs[0]!], [`${own}.size.${place}`]))
  const sums = sizes.slice(1).map(({ outputs }, place) => {
    const before = place === 0 ? sizes[0]!.outputs[0]! : `${own}.sum.${place - 1}`
    return nodeFor('Add', [before, outputs[0]!], [`${own}.sum.${place}`])
  })
  const all = (sums.at(-1) ?? sizes[0]!).outputs[0]!
  return [
    ...sizes,
    ...sums,
    nodeFor('Mul', [all, zero], [`${own}.nothing`]),
    nodeFor('Cast', [`${own}.nothing`], [`${own}.zero`], { to: attribute.int(dataTypeOf('float32')) }),
    nodeFor('Add', [factor.value, `${own}.zero`], [own]),
  ]
}
