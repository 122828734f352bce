import type { Dimension } from '@gantry/core'
import { type Inference, shapeText } from './node-context.ts'

const gather: Inference = (context) => {
  const [{ dtype, shape }, indices] = [context.input(0), context.input(1)]
  const axis = context.axis(context.int('axis', 0), shape.length)
  return [{ dtype, shape: [...shape.slice(0, axis), ...indices.shape, ...shape.slice(axis + 1)] }]
}

const gatherElements: Inference = (context) => {
  const [{ dtype, shape }, indices] = [context.input(0), context.input(1)]
  if (shape.length !== indices.shape.length) {
    context.fail(`the data ${shapeText(shape)} and the indices ${shapeText(indices.shape)} differ in rank`)
  }
  return [{ dtype, shape: indices.shape }]
}

const gatherND: Inference = (context) => {
  const [{ dtype, shape }, indices] = [context.input(0), context.input(1)]
  const depth = indices.shape.at(-1)
  if (typeof depth !== 'number') return []
  const start = context.int('batch_dims', 0) + depth
  if (start > shape.length) {
    context.fail(`indices ${shapeText(indices.shape)} point ${depth} axes deep into ${shapeText(shape)}`)
  }
  return [{ dtype, shape: [...indices.shape.slice(0, -1), ...shape.slice(start)] }]
}

const scatterND: Inference = (context) => {
  const [data, indices, updates] = [context.input(0), context.input(1), context.input(2)]
  context.expectSameDtype(0, 2)
  const depth = indices.shape.at(-1)
  if (typeof depth === 'number') {
    const expected = [...indices.shape.slice(0, -1), ...data.shape.slice(depth)]
    const mismatch = () => `the updates are ${shapeText(updates.shape)} but must be ${shapeText(expected)}`
    if (expected.length !== updates.shape.length) context.fail(mismatch())
    for (const [axis, length] of expected.entries()) context.unify(length, updates.shape[axis]!, mismatch)
  }
  return [data]
}

const scatterElements: Inference = (context) => {
  context.expectSameDtype(0, 2)
  return [context.input(0)]
}

const oneHot: Inference = (context) => {
  const { shape } = context.input(0)
  const axis = context.axis(context.int('axis', -1), shape.length + 1)
  return [{ dtype: context.input(2).dtype, shape: shape.toSpliced(axis, 0, context.vector(1)?.[0] ?? depthOf()) }]
  function depthOf(): Dimension {
    const depth = context.array(1)?.data[0]
    return depth === undefined ? context.fresh(axis) : Number(depth)
  }
}

const topK: Inference = (context) => {
  const { dtype, shape } = context.input(0)
  const axis = context.axis(context.int('axis', -1), shape.length)
  const count = context.has(1) ? context.vector(1)?.[0] : context.int('k')
  const [length, kept] = [shape[axis]!, count ?? context.fresh(axis)]
  if (typeof length === 'number' && typeof kept === 'number' && kept > length) {
    context.fail(`axis ${axis} of ${shapeText(shape)} has ${length} elements, fewer than k = ${kept}`)
  }
  const selected = shape.with(axis, kept)
  return [
    { dtype, shape: selected },
    { dtype: 'int64', shape: selected },
  ]
}

const nonZero: Inference = (context) => [{ dtype: 'int64', shape: [context.input(0).shape.length, context.fresh(1)] }]

/** Operators that pick or place elements by index. */
export const indexing: Readonly<Record<string, Inference>> = {
  Gather: gather,
  GatherElements: gatherElements,
  GatherND: gatherND,
  NonZero: nonZero,
  OneHot: oneHot,
  ScatterElements: scatterElements,
  ScatterND: scatterND,
  TopK: topK,
}
