import { type NDArray, permuteAxes } from '@gantry/core'
import { calls, type Graph, type Node } from '@gantry/onnx'

/** What takes a part of a value, or gives it another shape, and leaves its numbers what they are. */
const PASSING = ['Slice', 'Split', 'Gather', 'Reshape', 'Squeeze', 'Unsqueeze', 'Identity', 'Flatten'] as const

/**
 * The matrices by which an input enters a network: of every layer that multiplies it, or a part of it, by weights.
 *
 * @returns [outputs, inputs] of each, in the order of the layers
 */
export function enteringWeights({ nodes, initializers }: Graph, input: string): NDArray[] {
  const reached = new Set([input])
  const weights: NDArray[] = []
  // Nodes follow what they read.
  for (const node of nodes) {
    if (!reached.has(node.inputs[0] ?? '')) continue
    if (PASSING.some((operator) => calls(node, operator))) {
      for (const output of node.outputs) reached.add(output)
      continue
    }
    const weight = calls(node, 'MatMul') || calls(node, 'Gemm') ? initializers.get(node.inputs[1]!) : undefined
    if (weight?.shape.length === 2) weights.push(isTransposed(node) ? weight : permuteAxes(weight, [1, 0]))
  }
  return weights
}

/** Whether weights lie as [outputs, inputs]. */
function isTransposed({ attributes }: Node): boolean {
  const { transB } = attributes
  return transB?.type === 'int' && transB.value === 1
}
