import type { Dimension } from '@gantry/core'
import type { Inference, NodeContext } from './node-context.ts'

const reduce: Inference = (context) => {
  const { dtype, shape } = context.input(0)
  const { axes, known } = context.axes(1, shape.length)
  const keep = context.int('keepdims', 1) === 1
  if (!known) return keep ? [{ dtype, shape: shape.map((_, axis) => context.fresh(axis)) }] : []
  const all = axes === undefined || axes.length === 0
  if (all && context.int('noop_with_empty_axes', 0) === 1) return [{ dtype, shape }]
  return [{ dtype, shape: collapse(shape, all ? [...shape.keys()] : axes, keep) }]
}

const argReduce: Inference = (context: NodeContext) => {
  const { shape } = context.input(0)
  const axis = context.axis(context.int('axis', 0), shape.length)
  return [{ dtype: 'int64', shape: collapse(shape, [axis], context.int('keepdims', 1) === 1) }]
}

function collapse(shape: readonly Dimension[], axes: readonly number[], keep: boolean): Dimension[] {
  return keep
    ? shape.map((length, axis) => (axes.includes(axis) ? 1 : length))
    : shape.filter((_, axis) => !axes.includes(axis))
}

/** Operators that make one element of many. */
export const reduction: Readonly<Record<string, Inference>> = {
  ArgMax: argReduce,
  ArgMin: argReduce,
  ReduceL1: reduce,
  ReduceL2: reduce,
  ReduceLogSum: reduce,
  ReduceLogSumExp: reduce,
  ReduceMax: reduce,
  ReduceMean: reduce,
  ReduceMin: reduce,
  ReduceProd: reduce,
  ReduceSum: reduce,
  ReduceSumSquare: reduce,
}
