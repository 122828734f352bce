import { sizeOfShape } from '@gantry/core'
import { attribute, calls, type Graph, type Node } from '../../graph.ts'
import { int64Vector } from '../../int64-vector.ts'
import { GraphEdit } from '../graph-edit.ts'
import { axesOf } from './reduction-axes.ts'

/** Numbers below which one node is better than two. */
const LEAST_NUMBERS = 1 << 14

/**
 * Reduces large values in two steps: first the axes that lie closest together in memory, which ONNX Runtime does on all
 * threads and in the order of memory, then what is left. Over batch, height and width at once it takes up to four times as
 * long. Sums of sums also round less.
 */
export function splitReductions(graph: Graph): Graph {
  const edit = new GraphEdit(graph)
  for (const node of graph.nodes) {
    if (calls(node, 'ReduceSum') || calls(node, 'ReduceMean')) split(edit, node)
  }
  return edit.finish()
}

function split(edit: GraphEdit, node: Node): void {
  const shape = edit.knownShape(node.inputs[0]!)
  if (shape === undefined || edit.spec(node.inputs[0]!)?.dtype !== 'float32') return
  const axes = axesOf(edit, node, shape.length)?.toSorted((a, b) => a - b)
  // Everything at once is one run through memory.
  if (axes === undefined || axes.length < 2 || axes.length === shape.length || sizeOfShape(shape) < LEAST_NUMBERS)
    return
  const first = innerAxes(shape, axes)
  if (first === undefined || first.every((axis) => shape[axis] === 1)) return
  const inner = edit.freshName(node.operator)
  const keep = node.attributes.keepdims?.value !== 0
  edit.replace(node, [
    reduction(edit, { ...node, name: inner, outputs: [inner] }, node.inputs[0]!, first, true),
    // The axes of the first step have length one now: they go, or stay, with the others.
    reduction(edit, node, inner, axes, keep),
  ])
}

/** The last axes to reduce: those behind the last axis that is kept, or else the last one alone. */
function innerAxes(shape: readonly number[], axes: readonly number[]): number[] | undefined {
  const run = axes.filter((axis, index) => axes.slice(index).every((later, ahead) => later === axis + ahead))
  if (run.at(-1) === shape.length - 1) return run.length < axes.length ? run : undefined
  const last = axes.at(-1)!
  // Threads share the axes in front.
  return sizeOfShape(shape.slice(0, last)) >= 8 ? [last] : undefined
}

function reduction(edit: GraphEdit, node: Node, input: string, axes: readonly number[], keep: boolean): Node {
  const keepdims = attribute.int(keep ? 1 : 0)
  if (!calls(node, 'ReduceSum')) {
    return { ...node, inputs: [input], attributes: { axes: attribute.ints(axes), keepdims } }
  }
  const list = edit.addConstant('axes', int64Vector(axes))
  return { ...node, inputs: [input, list], attributes: { keepdims } }
}
