import type { Dimension, TensorSpec } from '@gantry/core'
import { addDimensions, divideDimension, subtractDimensions } from './dimension.ts'
import { type Inference, type NodeContext, shapeText } from './node-context.ts'

/** Anything from here on means "to the end": exporters write the largest int32 or int64. */
const TO_THE_END = 2 ** 31 - 1

const slice: Inference = (context) => {
  const { dtype, shape } = context.input(0)
  const given = (index: number, name: string) => (context.has(index) ? context.vector(index) : context.ints(name))
  const starts = given(1, 'starts')
  const ends = given(2, 'ends')
  const { axes, known } = context.axes(3, shape.length)
  if (!known) return [{ dtype, shape: shape.map((_, axis) => context.fresh(axis)) }]
  const count = starts?.length ?? context.input(1).shape[0]
  const slicedAxes = axes ?? [...Array(typeof count === 'number' ? count : shape.length).keys()]
  const steps = context.has(4) ? context.integers(4) : slicedAxes.map(() => 1)
  return [
    {
      dtype,
      shape: shape.map((length, axis) => {
        const position = slicedAxes.indexOf(axis)
        if (position < 0) return length
        const [start, end, step] = [starts?.[position], ends?.[position], steps?.[position]]
        if (start === undefined || end === undefined || step === undefined) return context.fresh(axis)
        return sliceLength(length, start, end, step) ?? context.fresh(axis)
      }),
    },
  ]
}

/** Number of elements from `start` to `end`, as Python counts them; undefined when a symbol leaves it open. */
function sliceLength(length: Dimension, start: Dimension, end: Dimension, step: number): Dimension | undefined {
  if (typeof length === 'number' && typeof start === 'number' && typeof end === 'number') {
    const clamp = (position: number, low: number, high: number) =>
      Math.min(Math.max(position < 0 ? position + length : position, low), high)
    const [from, to] =
      step > 0
        ? [clamp(start, 0, length), clamp(end, 0, length)]
        : [clamp(start, -1, length - 1), end <= -TO_THE_END ? -1 : clamp(end, -1, length - 1)]
    return Math.max(0, Math.ceil((to - from) / step))
  }
  if (step === -1 && start === -1 && typeof end === 'number' && end <= -TO_THE_END) return length
  if (step < 1) return undefined
  // Symbolic axes are taken to be longer than what is cut off them.
  const from = positionFromStart(length, start)
  const to = positionFromStart(length, end)
  if (from === undefined || to === undefined) return undefined
  return divideDimension(addDimensions(subtractDimensions(to, from), step - 1), step)
}

/** A position of a symbolic axis; undefined for one that may lie beyond its end. */
function positionFromStart(length: Dimension, position: Dimension): Dimension | undefined {
  if (position === 0 || position === length) return position
  if (typeof position === 'string') return undefined
  if (position >= TO_THE_END) return length
  return position < 0 ? addDimensions(length, position) : undefined
}

const concat: Inference = (context: NodeContext) => {
  const [first, ...others] = context.inputs
  if (first === undefined) context.fail('there are no inputs')
  context.expectSameDtype(...context.inputs.keys())
  const axis = context.axis(context.int('axis') ?? context.fail("the attribute 'axis' is missing"), first.shape.length)
  const shape = others.reduce((joined, { shape }) => joinShapes(context, joined, shape, axis), first.shape)
  return [{ dtype: first.dtype, shape }]
}

function joinShapes(context: NodeContext, left: readonly Dimension[], right: readonly Dimension[], axis: number) {
  const mismatch = () => `${shapeText(left)} and ${shapeText(right)} differ in another axis than ${axis}`
  if (left.length !== right.length) context.fail(mismatch())
  return left.map((length, index) =>
    index === axis ? addDimensions(length, right[index]!) : context.unify(length, right[index]!, mismatch),
  )
}

const split: Inference = (context) => {
  const { dtype, shape } = context.input(0)
  const axis = context.axis(context.int('axis', 0), shape.length)
  const length = shape[axis]!
  const count = context.node.outputs.length
  const lengths = context.has(1) ? context.vector(1) : (context.ints('split') ?? equalParts(context, length, count))
  if (lengths !== undefined) {
    const total = addDimensions(...lengths)
    context.unify(length, total, () => `axis ${axis} of ${shapeText(shape)} is cut into ${shapeText(lengths)}`)
    if (lengths.length !== count) context.fail(`there are ${lengths.length} lengths but ${count} outputs`)
  }
  return Array.from({ length: count }, (_, output): TensorSpec => {
    const part = lengths?.[output] ?? context.fresh(axis, output)
    return { dtype, shape: shape.with(axis, part) }
  })
}

/** Equal parts; with `num_outputs` the last one may be smaller. Undefined where a symbolic length leaves that open. */
function equalParts(context: NodeContext, length: Dimension, count: number): readonly Dimension[] | undefined {
  const uneven = context.int('num_outputs') !== undefined
  if (typeof length === 'string') return uneven ? undefined : Array(count).fill(divideDimension(length, count))
  if (!uneven && length % count !== 0) context.fail(`a length of ${length} does not split into ${count} equal parts`)
  const part = Math.ceil(length / count)
  return Array.from({ length: count }, (_, index) => Math.max(0, Math.min(part, length - index * part)))
}

const pad: Inference = (context) => {
  const { dtype, shape } = context.input(0)
  const pads = context.has(1) ? context.vector(1) : context.ints('pads')
  const { axes = [...shape.keys()], known } = context.axes(3, shape.length)
  if (pads !== undefined && known && pads.length !== 2 * axes.length) {
    context.fail(
      `${shapeText(shape)} needs ${2 * axes.length} pads (all begins, then all ends) but there are ${pads.length}`,
    )
  }
  return [
    {
      dtype,
      shape: shape.map((length, axis) => {
        if (pads === undefined || !known) return context.fresh(axis)
        const position = axes.indexOf(axis)
        return position < 0 ? length : addDimensions(length, pads[position]!, pads[position + axes.length]!)
      }),
    },
  ]
}

/** Operators that cut tensors apart or join them. */
export const slicing: Readonly<Record<string, Inference>> = {
  Concat: concat,
  Pad: pad,
  Slice: slice,
  Split: split,
}
