import { permuteAxes, rowMajorStrides } from '@gantry/core'
import { type Evaluation, elementsOf, emptyLike, viewAs } from './evaluation.ts'
import { broadcastStrides, walk } from './strided.ts'

/** The same elements in the same order. */
const view: Evaluation = (context, [output]) => [viewAs(context.array(0)!, output!.shape)]

const transpose: Evaluation = (context) => {
  const source = context.array(0)!
  return [permuteAxes(source, context.ints('perm', [...source.shape.keys()].reverse()))]
}

const expand: Evaluation = (context, [output]) => {
  const source = context.array(0)!
  const result = emptyLike(output!)
  const [from, to] = [elementsOf(source), elementsOf(result)]
  walk(output!.shape, [broadcastStrides(source.shape, output!.shape)], (index, [offset]) => {
    to[index] = from[offset!]!
  })
  return [result]
}

const tile: Evaluation = (context, [output]) => {
  const source = context.array(0)!
  const result = emptyLike(output!)
  const [from, to] = [elementsOf(source), elementsOf(result)]
  // Every axis becomes two: how often it is repeated, and its own.
  const own = rowMajorStrides(source.shape)
  const shape = source.shape.flatMap((length, axis) => [output!.shape[axis]! / (length || 1), length])
  walk(shape, [own.flatMap((stride) => [0, stride])], (index, [offset]) => {
    to[index] = from[offset!]!
  })
  return [result]
}

/** Operators that lay out the same elements anew, or repeat them. */
export const layoutEvaluations: Readonly<Record<string, Evaluation>> = {
  Expand: expand,
  Flatten: view,
  Identity: view,
  Reshape: view,
  Squeeze: view,
  Tile: tile,
  Transpose: transpose,
  Unsqueeze: view,
}
