import { sizeOfShape } from '@gantry/core'
import type { Graph, Node } from '../../graph.ts'
import { int64Vector } from '../../int64-vector.ts'
import type { GraphEdit } from '../graph-edit.ts'
import { editArithmetic } from './edit-arithmetic.ts'

/** Numbers that are combined at once, from which on longer runs are no faster. */
const LONG_RUN = 256

/** Runs below which a node more costs as much as it saves. */
const LEAST_RUNS = 2048

/**
 * Repeats the short operand of an element-wise node, such as a bias for each channel, along further axes of the long one.
 *
 * ONNX Runtime combines operands by runs in which neither repeats: of 16 channels, 16 numbers, and beginning takes it several times
 * as long as adding them. Every number is what it was.
 */
export function lengthenBroadcasts(graph: Graph): Graph {
  return editArithmetic(graph, lengthen)
}

function lengthen(edit: GraphEdit, node: Node): void {
  const shapes = node.inputs.map((name) => edit.knownShape(name))
  const short = shapes.findIndex((shape, index) => {
    const other = shapes[1 - index]
    return shape !== undefined && other !== undefined && sizeOfShape(shape) < sizeOfShape(other)
  })
  if (short < 0) return
  const target = longer(shapes[short]!, shapes[1 - short]!)
  if (target === undefined) return
  const name = node.inputs[short]!
  const lengths = edit.addConstant('shape', int64Vector(target))
  const repeated = edit.freshName('Expand')
  edit.replace(node, [
    { operator: 'Expand', name: repeated, inputs: [name, lengths], outputs: [repeated], attributes: {} },
    { ...node, inputs: node.inputs.map((input, index) => (index === short ? repeated : input)) },
  ])
}

/** The last axes of the long operand that the short one should have, where it has fewer that are worth it. */
function longer(short: readonly number[], long: readonly number[]): number[] | undefined {
  const own = short.slice(short.findIndex((length) => length !== 1))
  const run = sizeOfShape(own)
  const isSuffix = run > 1 && own.every((length, axis) => length === long[long.length - own.length + axis])
  if (!isSuffix || run >= LONG_RUN || sizeOfShape(long) / run < LEAST_RUNS) return undefined
  let axis = long.length - own.length
  while (axis > 1 && sizeOfShape(long.slice(axis)) < LONG_RUN) axis--
  const target = long.slice(axis)
  return sizeOfShape(target) > run ? target : undefined
}
