import { invertPermutation, type NDArray, permuteAxes } from '@gantry/core'
import { viewAs } from '../../folding/evaluation.ts'
import { attribute, calls, type Graph, type Node } from '../../graph.ts'
import { int64Vector } from '../../int64-vector.ts'
import { isBroadcasting, isUnary, permutationOf, transposeNode } from '../elementwise-operators.ts'
import { GraphEdit } from '../graph-edit.ts'
import { removeDead } from '../remove-dead.ts'
import { removeIdentities } from '../remove-identities.ts'
import { untilStable } from '../until-stable.ts'
import { mergeTransposes } from './merge-transposes.ts'

/** Passes that make transposes meet, and cancel those that do. */
const passes = [sinkOnce, mergeTransposes, removeIdentities, removeDead]

/**
 * Moves transposes behind the nodes that follow them (elementwise ones, Concat, Softmax, reductions, Pad, Slice) where
 * that leaves fewer of them; otherwise the graph stays as it is.
 */
export function sinkTransposes(graph: Graph): Graph {
  if (transposesIn(graph) < 2) return graph
  const sunk = untilStable(graph, passes)
  return transposesIn(sunk) < transposesIn(graph) ? sunk : graph
}

function transposesIn({ nodes }: Graph): number {
  return nodes.filter((node) => calls(node, 'Transpose')).length
}

function sinkOnce(graph: Graph): Graph {
  const edit = new GraphEdit(graph)
  for (const node of graph.nodes) if (!edit.isReplaced(node)) sink(edit, node)
  return edit.finish()
}

/** What a node looks like when it reads its inputs before their Transpose. */
interface Moved {
  readonly inputs: readonly string[]
  readonly attributes?: Node['attributes']
  /** Order of the output's axes. */
  readonly permutation: readonly number[]
}

function sink(edit: GraphEdit, node: Node): void {
  if (node.domain !== undefined || node.outputs.length !== 1) return
  const rule = isUnary(node) ? single : isBroadcasting(node) ? broadcasting : rules[node.operator]
  const found = rule && commonOrder(edit, node)
  const moved = found && rule(edit, node, found)
  if (moved === undefined) return
  const name = edit.freshName(node.operator)
  edit.replace(node, [
    { ...node, name, inputs: moved.inputs, outputs: [name], attributes: moved.attributes ?? node.attributes },
    transposeNode(edit.freshName('Transpose'), name, node.outputs[0]!, moved.permutation),
  ])
}

/** The order that all transposed inputs have in common. */
interface Order {
  readonly permutation: readonly number[]
  /** The value before the Transpose, by input. */
  readonly sources: ReadonlyMap<string, string>
}

function commonOrder(edit: GraphEdit, node: Node): Order | undefined {
  const sources = new Map<string, string>()
  let permutation: readonly number[] | undefined
  for (const name of new Set(node.inputs)) {
    const writer = edit.writer(name)
    const rank = edit.spec(name)?.shape.length
    if (!calls(writer, 'Transpose') || rank === undefined) continue
    const own = permutationOf(writer, rank)
    permutation ??= own
    if (own.join() !== permutation.join() || edit.soleReader(name) !== node) return undefined
    sources.set(name, writer.inputs[0]!)
  }
  return permutation === undefined ? undefined : { permutation, sources }
}

type Rule = (edit: GraphEdit, node: Node, order: Order) => Moved | undefined

/** The data comes first; other inputs have no axes of their own. */
const single: Rule = (_edit, { inputs }, { permutation, sources }) => {
  const source = sources.get(inputs[0]!)
  return source === undefined ? undefined : { inputs: [source, ...inputs.slice(1)], permutation }
}

/** Constants are transposed back. */
const broadcasting: Rule = (edit, node, { permutation, sources }) => {
  const rank = edit.spec(node.outputs[0]!)?.shape.length
  if (rank !== permutation.length) return undefined
  const inputs = node.inputs.map((name) => {
    const array = edit.constant(name)
    if (array === undefined || array.shape.length > rank) return sources.get(name)
    if (array.data.length === 1) return name
    const full = viewAs(array, [...Array<number>(rank - array.shape.length).fill(1), ...array.shape])
    return edit.addConstant(name, permuteAxes(full, invertPermutation(permutation)))
  })
  return inputs.every((name) => name !== undefined) ? { inputs, permutation } : undefined
}

function axisAttribute(node: Node, fallback: number, { permutation }: Order): Node['attributes'] {
  const { axis } = node.attributes
  const own = axis?.type === 'int' ? axis.value : fallback
  return { ...node.attributes, axis: attribute.int(permutation[own < 0 ? own + permutation.length : own]!) }
}

const concat: Rule = (_edit, node, order) => {
  const inputs = node.inputs.map((name) => order.sources.get(name))
  if (!inputs.every((name) => name !== undefined)) return undefined
  return { inputs, attributes: axisAttribute(node, 0, order), permutation: order.permutation }
}

const alongAxis: Rule = (_edit, node, order) => {
  const source = order.sources.get(node.inputs[0]!)
  if (source === undefined) return undefined
  return { inputs: [source], attributes: axisAttribute(node, -1, order), permutation: order.permutation }
}

function integersOf(array: NDArray | undefined): number[] | undefined {
  return array && Array.from(array.data as BigInt64Array, Number)
}

function integers(edit: GraphEdit, values: readonly number[]): string {
  return edit.addConstant('axes', int64Vector(values))
}

const fromFront = (axis: number, rank: number) => (axis < 0 ? axis + rank : axis)

/** Axes that go away leave gaps, which the order of the others closes. */
const reduction: Rule = (edit, node, { permutation, sources }) => {
  const source = sources.get(node.inputs[0]!)
  const asInput = (node.inputs[1] ?? '') !== ''
  const { axes: attributeAxes, keepdims } = node.attributes
  const given = asInput
    ? integersOf(edit.constant(node.inputs[1]))
    : attributeAxes?.type === 'ints'
      ? attributeAxes.value
      : undefined
  if (source === undefined || given === undefined || given.length === 0) return undefined
  const axes = given.map((axis) => permutation[fromFront(axis, permutation.length)]!)
  const kept = permutation.filter((axis) => !axes.includes(axis))
  const closed = kept.map((axis) => axis - axes.filter((gone) => gone < axis).length)
  return {
    inputs: asInput ? [source, integers(edit, axes)] : [source],
    attributes: asInput ? node.attributes : { ...node.attributes, axes: attribute.ints(axes) },
    permutation: keepdims?.value === 0 ? closed : permutation,
  }
}

/** Begins and ends of every axis change places with the axes. */
const pad: Rule = (edit, node, { permutation, sources }) => {
  const source = sources.get(node.inputs[0]!)
  const pads = integersOf(edit.constant(node.inputs[1]))
  if (source === undefined || pads?.length !== 2 * permutation.length || (node.inputs[3] ?? '') !== '') return undefined
  const places = invertPermutation(permutation)
  const moved = [...places.map((place) => pads[place]!), ...places.map((place) => pads[place + permutation.length]!)]
  return { inputs: [source, integers(edit, moved), ...node.inputs.slice(2)], permutation }
}

const slice: Rule = (edit, node, { permutation, sources }) => {
  const source = sources.get(node.inputs[0]!)
  const axes = integersOf(edit.constant(node.inputs[3]))
  if (source === undefined || axes === undefined) return undefined
  const moved = axes.map((axis) => permutation[fromFront(axis, permutation.length)]!)
  return { inputs: [source, ...node.inputs.slice(1, 3), integers(edit, moved), ...node.inputs.slice(4)], permutation }
}

const rules: Readonly<Record<string, Rule>> = {
  Concat: concat,
  LogSoftmax: alongAxis,
  Pad: pad,
  ReduceMax: reduction,
  ReduceMean: reduction,
  ReduceMin: reduction,
  ReduceProd: reduction,
  ReduceSum: reduction,
  Slice: slice,
  Softmax: alongAxis,
}
