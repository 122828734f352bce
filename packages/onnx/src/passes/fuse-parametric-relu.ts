import type { NDArray } from '@gantry/core'
import { calls, type Graph } from '../graph.ts'
import { GraphEdit } from './graph-edit.ts'

/**
 * Makes one PRelu of where(x < 0, x · slope, x), as TF.js records it for gradients: of four arrays of the size of x, which may be as
 * large as an image of all channels, two are left.
 */
export function fuseParametricRelu(graph: Graph): Graph {
  const edit = new GraphEdit(graph)
  for (const node of graph.nodes) {
    if (!calls(node, 'Where')) continue
    const [condition, scaled, x] = node.inputs as [string, string, string]
    const [less, product] = [edit.writer(condition), edit.writer(scaled)]
    if (
      !calls(less, 'Less') ||
      !calls(product, 'Mul') ||
      less.inputs[0] !== x ||
      !isZero(edit.constant(less.inputs[1]))
    )
      continue
    const slope = product.inputs.find((input) => input !== x)
    const [shape, slopes] = [edit.spec(x)?.shape, edit.constant(slope)?.shape]
    if (!product.inputs.includes(x) || slopes === undefined || shape === undefined || slopes.length > shape.length)
      continue
    // PRelu stretches the slope to x, and not x to the slope.
    const own = shape.slice(shape.length - slopes.length)
    if (slopes.every((length, axis) => length === 1 || length === own[axis])) {
      edit.replace(node, [{ ...node, operator: 'PRelu', inputs: [x, slope!], attributes: {} }])
    }
  }
  return edit.finish()
}

function isZero(array: NDArray | undefined): boolean {
  return array?.data.length === 1 && array.dtype === 'float32' && array.data[0] === 0
}
