import { type Inference, shapeText } from './node-context.ts'
import { readWindows, windowPositions } from './window.ts'

const pool: Inference = (context) => {
  const { dtype, shape } = context.input(0)
  const kernel = context.ints('kernel_shape') ?? context.fail("the attribute 'kernel_shape' is missing")
  if (kernel.length !== shape.length - 2) {
    context.fail(`kernel_shape ${shapeText(kernel)} does not cover the spatial axes of ${shapeText(shape)}`)
  }
  const ceil = context.int('ceil_mode', 0) === 1
  const spatial = readWindows(context, kernel).map((window, axis) =>
    windowPositions(context, shape[axis + 2]!, window, ceil),
  )
  const pooled = [...shape.slice(0, 2), ...spatial]
  return [
    { dtype, shape: pooled },
    { dtype: 'int64', shape: pooled },
  ]
}

const globalPool: Inference = (context) => {
  const { dtype, shape } = context.input(0)
  return [{ dtype, shape: shape.map((length, axis) => (axis < 2 ? length : 1)) }]
}

/** Pooling over windows or over all of space; the second output of MaxPool are indices. */
export const pooling: Readonly<Record<string, Inference>> = {
  AveragePool: pool,
  GlobalAveragePool: globalPool,
  GlobalMaxPool: globalPool,
  LpPool: pool,
  MaxPool: pool,
}
