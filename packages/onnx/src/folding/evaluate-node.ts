import { bytesPerElement, type NDArray, sizeOfShape } from '@gantry/core'
import { holdsOpaque, type Node } from '../graph.ts'
import { NodeContext } from '../inference/node-context.ts'
import { inferences } from '../inference/registry.ts'
import { vectorOf } from '../inference/shape-values.ts'
import { isStatic } from './evaluation.ts'
import { evaluations } from './registry.ts'

/**
 * The outputs of a node whose inputs are known; undefined when it cannot be computed here.
 *
 * @param sizeLimit most bytes that all outputs together may take
 */
export function evaluateNode(
  node: Node,
  arrays: ReadonlyMap<string, NDArray>,
  sizeLimit: number,
): readonly NDArray[] | undefined {
  const evaluate = node.domain === undefined && !holdsOpaque(node) ? evaluations.get(node.operator) : undefined
  if (evaluate === undefined) return undefined
  const inputs = node.inputs.flatMap((name): [string, NDArray][] => (name === '' ? [] : [[name, arrays.get(name)!]]))
  const known = new Map(inputs)
  const vectors = new Map(
    inputs.flatMap(([name, array]) => {
      const vector = vectorOf(array)
      return vector === undefined ? [] : [[name, vector] as const]
    }),
  )
  const context = new NodeContext(node, { specs: known, arrays: known, vectors })
  const outputs = inferences.get(node.operator)?.(context)
  if (outputs === undefined || outputs.length !== node.outputs.length || !outputs.every(isStatic)) return undefined
  const bytes = outputs.reduce((sum, { dtype, shape }) => sum + bytesPerElement(dtype) * sizeOfShape(shape), 0)
  return bytes > sizeLimit ? undefined : evaluate(context, outputs)
}
