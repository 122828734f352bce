import {
  add,
  fill,
  type GradConfig,
  pad,
  reshape,
  reverse,
  slice,
  slice_util,
  type Tensor,
} from '@tensorflow/tfjs-core'
import { linear } from './gradient.ts'

type Padding = [before: number, after: number]

/** Puts `step - 1` zeros between neighbours along an axis: what a step of `step` skipped. */
export function spreadOut(x: Tensor, axis: number, step: number): Tensor {
  const length = x.shape[axis]!
  if (step === 1 || length === 1) return x
  const [before, after] = [x.shape.slice(0, axis), x.shape.slice(axis + 1)]
  const apart = pad(
    reshape(x, [...before, length, 1, ...after]),
    [...x.shape, 1].map((_, other): Padding => [0, other === axis + 1 ? step - 1 : 0]),
  )
  const spread = [...before, (length - 1) * step + 1, ...after]
  return slice(
    reshape(apart, [...before, length * step, ...after]),
    spread.map(() => 0),
    spread,
  )
}

interface StridedSliceAttributes {
  readonly begin: number[]
  readonly end: number[]
  readonly strides: number[]
  readonly beginMask: number
  readonly endMask: number
  readonly ellipsisMask: number
  readonly newAxisMask: number
  readonly shrinkAxisMask: number
}

/** Puts dy back where it was cut out, with zeros around and between. */
function stridedSliceGradient(dy: Tensor, cut: StridedSliceAttributes, shape: readonly number[]): Tensor {
  const { begin, end, strides } = slice_util.sliceInfo(
    [...shape],
    cut.begin,
    cut.end,
    cut.strides,
    cut.beginMask,
    cut.endMask,
    cut.ellipsisMask,
    cut.newAxisMask,
    cut.shrinkAxisMask,
  )
  const lengths = slice_util.computeOutShape(begin, end, strides)
  if (lengths.includes(0)) return fill([...shape], 0, 'float32')
  const backwards = strides.flatMap((step, axis) => (step < 0 ? [axis] : []))
  let spread: Tensor = reshape(dy, lengths)
  if (backwards.length > 0) spread = reverse(spread, backwards)
  for (const [axis, step] of strides.entries()) spread = spreadOut(spread, axis, Math.abs(step))
  return pad(
    spread,
    shape.map((length, axis): Padding => {
      const first = strides[axis]! < 0 ? begin[axis]! + (lengths[axis]! - 1) * strides[axis]! : begin[axis]!
      return [first, length - first - spread.shape[axis]!]
    }),
  )
}

/** Part of an axis. */
function part(x: Tensor, axis: number, begin: number, length: number): Tensor {
  return slice(
    x,
    x.shape.map((_, other) => (other === axis ? begin : 0)),
    x.shape.map((own, other) => (other === axis ? length : own)),
  )
}

/** Folds the mirrored ends of an axis back onto it. TF.js cuts them off. */
function folded(dy: Tensor, axis: number, [before, after]: Padding, skip: number): Tensor {
  const length = dy.shape[axis]! - before - after
  const onto = (mirrored: Tensor, begin: number) =>
    pad(
      reverse(mirrored, axis),
      dy.shape.map((_, other): Padding => (other === axis ? [begin, length - begin - mirrored.shape[axis]!] : [0, 0])),
    )
  let sum = part(dy, axis, before, length)
  if (before > 0) sum = add(sum, onto(part(dy, axis, 0, before), skip))
  if (after > 0) sum = add(sum, onto(part(dy, axis, before + length, after), length - skip - after))
  return sum
}

export const cuttingGradients: readonly GradConfig[] = [
  linear<{ paddings: Padding[]; mode: 'reflect' | 'symmetric' }>('MirrorPad', (dy, { paddings, mode }) =>
    paddings.reduce(
      (sum, padding, axis) =>
        padding[0] + padding[1] === 0 ? sum : folded(sum, axis, padding, mode === 'reflect' ? 1 : 0),
      dy,
    ),
  ),
  linear<{ paddings: Padding[] }>('PadV2', (dy, { paddings }, shape) =>
    slice(
      dy,
      paddings.map(([before]) => before),
      [...shape],
    ),
  ),
  linear<{ begin: number | number[]; size: number | number[] }>('Slice', (dy, { begin, size }, shape) => {
    const [first, lengths] = slice_util.parseSliceParams({ shape } as never, begin, size) as [number[], number[]]
    return pad(
      dy,
      shape.map((length, axis): Padding => [first[axis]!, length - first[axis]! - lengths[axis]!]),
    )
  }),
  linear<StridedSliceAttributes>('StridedSlice', stridedSliceGradient),
]
