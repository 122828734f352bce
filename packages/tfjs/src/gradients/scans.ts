import { add, cumsum, type GradConfig, mul, pad, slice, type Tensor } from '@tensorflow/tfjs-core'
import { unary } from './gradient.ts'

/** Moves everything `count` places along an axis, towards the end or (reverse) the start; `blank` fills the gap. */
function shifted(x: Tensor, axis: number, count: number, reverse: boolean, blank: number): Tensor {
  const length = x.shape[axis]!
  const places = Math.min(count, length)
  const begin = x.shape.map((_, other) => (other === axis && reverse ? places : 0))
  const size = x.shape.map((each, other) => (other === axis ? each - places : each))
  const gap: [number, number] = reverse ? [0, places] : [places, 0]
  return pad(
    slice(x, begin, size),
    x.shape.map((_, other) => (other === axis ? gap : [0, 0])),
    blank,
  )
}

/** The steps of Hillis and Steele's scan (1986): after log2(n) doublings every place holds the product of all before. */
function doublings(x: Tensor, axis: number, reverse: boolean): { values: Tensor; count: number }[] {
  const steps: { values: Tensor; count: number }[] = []
  let values = x
  for (let count = 1; count < x.shape[axis]!; count *= 2) {
    steps.push({ values, count })
    values = mul(values, shifted(values, axis, count, reverse, 1))
  }
  return [...steps, { values, count: 0 }]
}

/** The product of all numbers before each, or (reverse) behind it. Products and shifts: differentiable at every order. */
export function exclusiveProducts(x: Tensor, axis: number, reverse: boolean): Tensor {
  return shifted(doublings(x, axis, reverse).at(-1)!.values, axis, 1, reverse, 1)
}

/** The scan undone step by step: unlike Σ dy·y ÷ x it is exact also where numbers are zero. */
function cumulativeProductGradient(dy: Tensor, x: Tensor, axis: number, reverse: boolean): Tensor {
  let gradient = dy
  for (const { values, count } of doublings(x, axis, reverse).slice(0, -1).reverse()) {
    gradient = add(
      mul(gradient, shifted(values, axis, count, reverse, 1)),
      shifted(mul(gradient, values), axis, count, !reverse, 0),
    )
  }
  return gradient
}

interface ScanAttributes {
  readonly axis: number
  readonly exclusive: boolean
  readonly reverse: boolean
}

export const scanGradients: readonly GradConfig[] = [
  unary<ScanAttributes>('Cumprod', (dy, x, { axis, exclusive, reverse }) => {
    const along = axis < 0 ? axis + x.rank : axis
    return cumulativeProductGradient(exclusive ? shifted(dy, along, 1, !reverse, 0) : dy, x, along, reverse)
  }),
  // TF.js transposes this one more time than it should, unless the axis is the last.
  unary<ScanAttributes>('Cumsum', (dy, _, { axis, exclusive, reverse }) => cumsum(dy, axis, exclusive, !reverse)),
]
