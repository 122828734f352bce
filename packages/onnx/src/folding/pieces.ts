import { type NDArray, rowMajorStrides, sizeOfShape } from '@gantry/core'
import { type Evaluation, elementsOf, emptyLike, scalarOf } from './evaluation.ts'
import { walk } from './strided.ts'

/** Copies whole rows of an axis from one array into another. */
function copyRows(
  from: NDArray,
  fromRow: number,
  to: NDArray,
  toRow: number,
  { axis, rows }: { readonly axis: number; readonly rows: number },
): void {
  const inner = sizeOfShape(from.shape.slice(axis + 1))
  const outer = sizeOfShape(from.shape.slice(0, axis))
  const [fromLength, toLength] = [from.shape[axis]! * inner, to.shape[axis]! * inner]
  for (let block = 0; block < outer; block++) {
    const start = block * fromLength + fromRow * inner
    const piece = from.data.subarray(start, start + rows * inner)
    ;(to.data as Float32Array).set(piece as Float32Array, block * toLength + toRow * inner)
  }
}

const concat: Evaluation = (context, [output]) => {
  const result = emptyLike(output!)
  const axis = context.axis(context.int('axis', 0), output!.shape.length)
  let row = 0
  for (const index of context.node.inputs.keys()) {
    const part = context.array(index)!
    copyRows(part, 0, result, row, { axis, rows: part.shape[axis]! })
    row += part.shape[axis]!
  }
  return [result]
}

const split: Evaluation = (context, outputs) => {
  const source = context.array(0)!
  const axis = context.axis(context.int('axis', 0), source.shape.length)
  let row = 0
  return outputs.map((output) => {
    const part = emptyLike(output)
    copyRows(source, row, part, 0, { axis, rows: output.shape[axis]! })
    row += output.shape[axis]!
    return part
  })
}

/** Rows of one axis by their positions; negative ones count from the end. */
const gather: Evaluation = (context, [output]) => {
  const source = context.array(0)!
  const axis = context.axis(context.int('axis', 0), source.shape.length)
  const length = source.shape[axis]!
  const positions = Array.from(context.array(1)!.data as Int32Array, Number).map((place) =>
    place < 0 ? place + length : place,
  )
  if (positions.some((position) => position < 0 || position >= length)) return undefined
  const result = emptyLike(output!)
  const shape = [...source.shape.slice(0, axis), positions.length, ...source.shape.slice(axis + 1)]
  const rows = { dtype: result.dtype, shape, data: result.data }
  for (const [row, position] of positions.entries()) copyRows(source, position, rows, row, { axis, rows: 1 })
  return [result]
}

const slice: Evaluation = (context, [output]) => {
  const source = context.array(0)!
  const rank = source.shape.length
  const starts = context.has(1) ? context.integers(1) : context.ints('starts')
  if (starts === undefined) return undefined
  const axes = context.axes(3, rank).axes ?? starts.map((_, axis) => axis)
  const steps = (context.has(4) ? context.integers(4) : undefined) ?? starts.map(() => 1)
  const own = rowMajorStrides(source.shape)
  const strides = [...own]
  let first = 0
  for (const [place, axis] of axes.entries()) {
    const [length, start, step] = [source.shape[axis]!, starts[place]!, steps[place]!]
    const fromFront = start < 0 ? start + length : start
    first += own[axis]! * Math.min(Math.max(fromFront, 0), step > 0 ? length : length - 1)
    strides[axis] = own[axis]! * step
  }
  const result = emptyLike(output!)
  const [from, to] = [elementsOf(source), elementsOf(result)]
  const copy = (index: number, [offset]: readonly number[]) => {
    to[index] = from[offset!]!
  }
  walk(output!.shape, [strides], copy, [first])
  return [result]
}

/** Constant padding; negative pads, which cut, and mirrored ones are left to the engine. */
const pad: Evaluation = (context, [output]) => {
  const source = context.array(0)!
  const pads = context.has(1) ? context.integers(1) : undefined
  if (context.string('mode', 'constant') !== 'constant' || pads?.every((length) => length >= 0) !== true)
    return undefined
  const axes = context.axes(3, source.shape.length).axes ?? [...source.shape.keys()]
  const result = emptyLike(output!)
  const [from, to] = [elementsOf(source), elementsOf(result)]
  result.data.fill(scalarOf(context.array(2), source.dtype) as never)
  const strides = rowMajorStrides(output!.shape)
  const first = axes.reduce((offset, axis, place) => offset + strides[axis]! * pads[place]!, 0)
  const copy = (index: number, [offset]: readonly number[]) => {
    to[offset!] = from[index]!
  }
  walk(source.shape, [strides], copy, [first])
  return [result]
}

/** Operators that cut tensors apart, join them or pick from them. */
export const pieceEvaluations: Readonly<Record<string, Evaluation>> = {
  Concat: concat,
  Gather: gather,
  Pad: pad,
  Slice: slice,
  Split: split,
}
