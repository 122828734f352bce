import type { Dimension, NDArray } from '@gantry/core'
import { viewAs } from '../folding/evaluation.ts'
import { calls, type Graph, type Node } from '../graph.ts'
import { sameShape } from '../inference/dimension.ts'
import { isBroadcasting, isUnary } from './elementwise-operators.ts'
import { GraphEdit } from './graph-edit.ts'

/**
 * Makes one Reshape of consecutive ones, and moves a Reshape behind the elementwise nodes that follow it, where it meets
 * the next one: `Reshape → Add → Relu → Reshape` becomes `Add → Relu → Reshape`.
 */
export function simplifyReshapes(graph: Graph): Graph {
  const edit = new GraphEdit(graph)
  for (const node of graph.nodes) {
    if (edit.isReplaced(node)) continue
    if (calls(node, 'Reshape')) mergeWithBefore(edit, node)
    else if (isUnary(node) || isBroadcasting(node)) sinkReshape(edit, node)
  }
  return edit.finish()
}

/** Makes one Reshape of consecutive ones. */
export function mergeReshapes(graph: Graph): Graph {
  const edit = new GraphEdit(graph)
  for (const node of graph.nodes) if (calls(node, 'Reshape') && !edit.isReplaced(node)) mergeWithBefore(edit, node)
  return edit.finish()
}

/** The last shape alone decides, unless it copies lengths (0) from the shape before. */
function mergeWithBefore(edit: GraphEdit, node: Node): void {
  const first = edit.writer(node.inputs[0])
  const shape = edit.constant(node.inputs[1])
  if (!calls(first, 'Reshape') || shape === undefined) return
  if ((shape.data as BigInt64Array).includes(0n)) return
  edit.replace(node, [{ ...node, inputs: [first.inputs[0]!, node.inputs[1]!] }])
}

function sinkReshape(edit: GraphEdit, node: Node): void {
  const output = node.outputs[0]!
  const reshapes = node.inputs.map((name) => (edit.constant(name) === undefined ? edit.writer(name) : undefined))
  const first = reshapes.find((reshape) => reshape !== undefined)
  if (!calls(first, 'Reshape')) return
  const [before, after] = [edit.spec(first.inputs[0]!)?.shape, edit.spec(first.outputs[0]!)?.shape]
  if (before === undefined || after === undefined || !sameShape(edit.spec(output)?.shape, after)) return
  const inputs = node.inputs.map((name, index) => {
    const array = edit.constant(name)
    if (name === '') return name
    if (array !== undefined) return isUnary(node) ? name : alignedConstant(edit, name, array, before, after)
    const reshape = reshapes[index]
    const alike = calls(reshape, 'Reshape') && sameReshape(edit, reshape, before, after)
    return alike && edit.soleReader(name) === node ? reshape.inputs[0]! : undefined
  })
  if (!inputs.every((name) => name !== undefined)) return
  const name = edit.freshName(node.operator)
  edit.replace(node, [
    { ...node, name, inputs, outputs: [name] },
    { ...first, inputs: [name, first.inputs[1]!], outputs: [output] },
  ])
}

/** A constant that broadcasts to both shapes alike: the axes that it has are the last ones of both. */
function alignedConstant(
  edit: GraphEdit,
  name: string,
  array: NDArray,
  before: readonly Dimension[],
  after: readonly Dimension[],
): string | undefined {
  const leading = array.shape.findIndex((length) => length !== 1)
  const own = leading < 0 ? [] : array.shape.slice(leading)
  if (own.length > Math.min(before.length, after.length)) return undefined
  const same = own.every((_, place) => before.at(place - own.length) === after.at(place - own.length))
  if (!same) return undefined
  return array.shape.length <= before.length ? name : edit.addConstant(name, viewAs(array, own))
}

function sameReshape(
  edit: GraphEdit,
  { inputs, outputs }: Node,
  before: readonly Dimension[],
  after: readonly Dimension[],
) {
  return sameShape(edit.spec(inputs[0]!)?.shape, before) && sameShape(edit.spec(outputs[0]!)?.shape, after)
}
