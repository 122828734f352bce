import {
  div,
  equal,
  fill,
  type GradConfig,
  max,
  min,
  mul,
  reshape,
  type Tensor,
  transpose,
  util,
  where,
} from '@tensorflow/tfjs-core'
import { unary, zerosOf } from './gradient.ts'
import { exclusiveProducts } from './scans.ts'

type Axes = number | number[] | null | undefined

const axesOf = (axes: Axes, x: Tensor) => util.parseAxisParam(axes as number | number[], x.shape)

/** dy with the reduced axes back, of length one. */
function withAxes(dy: Tensor, axes: readonly number[], x: Tensor): Tensor {
  return reshape(
    dy,
    x.shape.map((length, axis) => (axes.includes(axis) ? 1 : length)),
  )
}

/** Repeats dy along the reduced axes. A product with ones is a broadcast on every backend, and costs a graph nothing. */
const repeated = (dy: Tensor, axes: readonly number[], x: Tensor) =>
  mul(withAxes(dy, axes, x), fill(x.shape, 1, 'float32'))

/** dy goes to the largest (or smallest) number; of equal ones each gets all of it, as TF.js's own tests ask for. */
function extremum(dy: Tensor, axes: readonly number[], x: Tensor, best: typeof max): Tensor {
  return where(equal(x, best(x, [...axes], true)), withAxes(dy, axes, x), zerosOf(x))
}

/** The product of all others is what stands before, times what stands behind: exact also where numbers are zero. */
function productGradient(dy: Tensor, axes: readonly number[], x: Tensor): Tensor {
  const kept = x.shape.map((_, axis) => axis).filter((axis) => !axes.includes(axis))
  const order = [...kept, ...axes]
  const moved = transpose(x, order)
  const rows = reshape(moved, [util.sizeFromShape(kept.map((axis) => x.shape[axis]!)), -1])
  const others = mul(exclusiveProducts(rows, 1, false), exclusiveProducts(rows, 1, true))
  const undone = order.map((_, axis) => order.indexOf(axis))
  return mul(withAxes(dy, axes, x), transpose(reshape(others, moved.shape), undone))
}

export const reductionGradients: readonly GradConfig[] = [
  unary<{ reductionIndices: Axes }>('Max', (dy, x, { reductionIndices }) =>
    extremum(dy, axesOf(reductionIndices, x), x, max),
  ),
  unary<{ axis: Axes }>('Mean', (dy, x, { axis }) => {
    const axes = axesOf(axis, x)
    const count = util.sizeFromShape(axes.map((each) => x.shape[each]!))
    return div(repeated(dy, axes, x), count)
  }),
  unary<{ axis: Axes }>('Min', (dy, x, { axis }) => extremum(dy, axesOf(axis, x), x, min)),
  unary<{ axis: Axes }>('Prod', (dy, x, { axis }) => productGradient(dy, axesOf(axis, x), x)),
  unary<{ axis: Axes }>('Sum', (dy, x, { axis }) => repeated(dy, axesOf(axis, x), x)),
]
