import { sizeOfShape } from '@gantry/core'
import type { Graph, Node } from '../../graph.ts'
import type { GraphEdit } from '../graph-edit.ts'
import { reshapeNode } from '../reshape-node.ts'
import { editArithmetic } from './edit-arithmetic.ts'

/** Numbers below which two nodes more cost as much as they save. */
const LEAST_NUMBERS = 2048

/**
 * Combines operands without the axes of length one that all of them end with: [batch, height, width, 1] with a scalar.
 *
 * ONNX Runtime takes such an axis for a run of one number, and begins anew for every number.
 */
export function dropLastOnes(graph: Graph): Graph {
  return editArithmetic(graph, drop)
}

function drop(edit: GraphEdit, node: Node): void {
  const [result, ...operands] = [node.outputs[0]!, ...node.inputs].map((name) => edit.knownShape(name))
  if (result === undefined || sizeOfShape(result) < LEAST_NUMBERS || result.at(-1) !== 1) return
  const ones = result.length - 1 - result.findLastIndex((length) => length !== 1)
  // Operands of the same shape are one run; beside constants, `mergeReshapes` would undo it.
  const isRun = operands.every((shape) => String(shape) === String(result))
  if (isRun || operands.includes(undefined) || node.inputs.some((name) => edit.constant(name))) return
  const operandNodes = node.inputs.map((input, index) => {
    const shape = operands[index]!
    return shape.length === 0 ? undefined : reshapeNode(edit, input, shape.slice(0, -ones))
  })
  const inputs = node.inputs.map((input, index) => operandNodes[index]?.outputs[0] ?? input)
  const combined = edit.freshName(node.operator)
  edit.replace(node, [
    ...operandNodes.filter((own) => own !== undefined),
    { ...node, inputs, outputs: [combined] },
    reshapeNode(edit, combined, result, node.outputs[0]),
  ])
}
