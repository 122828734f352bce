import { rowMajorStrides, visitRuns } from '@gantry/core'
import { type Evaluation, elementsOf, emptyLike } from './evaluation.ts'

interface Reducer {
  readonly start: number
  readonly step: (total: number, value: number) => number
  readonly finish?: (total: number, count: number) => number
}

/** What totals of integers may be. */
const exactness: Readonly<Record<string, (value: number) => boolean>> = {
  int32: (value) => value === (value | 0),
  int64: Number.isSafeInteger,
}

/**
 * Totals are kept in float64 and rounded once, which is closer to the truth than any order of float32 sums. Integers are
 * left to the engine where a total is none that float64 holds exactly, or an int32 not at all: engines differ there.
 */
const reduce =
  ({ start, step, finish = (total) => total }: Reducer): Evaluation =>
  (context, [output]) => {
    const source = context.array(0)!
    const rank = source.shape.length
    const { axes } = context.axes(1, rank)
    // What the extreme or the mean of nothing is, dtypes do not agree on.
    if (source.dtype === 'bool' || source.dtype === 'uint8' || source.data.length === 0) return undefined
    if ((axes === undefined || axes.length === 0) && context.int('noop_with_empty_axes', 0) === 1) return [source]
    const reduced = axes === undefined || axes.length === 0 ? [...source.shape.keys()] : axes
    const kept = source.shape.map((length, axis) => (reduced.includes(axis) ? 1 : length))
    const strides = rowMajorStrides(kept).map((stride, axis) => (reduced.includes(axis) ? 0 : stride))
    const result = emptyLike(output!)
    const totals = new Float64Array(result.data.length).fill(start)
    const exact = exactness[source.dtype] ?? (() => true)
    let allExact = true
    visitRuns(source.shape, [strides], ({ index, length, offsets: [first], steps: [along] }) => {
      for (let [place, offset] = [index, first!]; place < index + length; place++, offset += along!) {
        const value = Number(source.data[place])
        totals[offset] = step(totals[offset]!, value)
        allExact &&= exact(value) && exact(totals[offset]!)
      }
    })
    if (!allExact) return undefined
    const count = source.data.length / Math.max(1, totals.length)
    const target = elementsOf(result)
    const round = source.dtype === 'int64' ? (value: number) => BigInt(Math.trunc(value)) : (value: number) => value
    for (const [index, total] of totals.entries()) target[index] = round(finish(total, count)) as number
    return [result]
  }

const sum = (total: number, value: number) => total + value
const sumOfSquares = (total: number, value: number) => total + value * value
const sumOfMagnitudes = (total: number, value: number) => total + Math.abs(value)

/** Operators that make one element of many. */
export const reductionEvaluations: Readonly<Record<string, Evaluation>> = {
  ReduceL1: reduce({ start: 0, step: sumOfMagnitudes }),
  ReduceL2: reduce({ start: 0, step: sumOfSquares, finish: Math.sqrt }),
  ReduceMax: reduce({ start: Number.NEGATIVE_INFINITY, step: Math.max }),
  ReduceMean: reduce({ start: 0, step: sum, finish: (total, count) => total / count }),
  ReduceMin: reduce({ start: Number.POSITIVE_INFINITY, step: Math.min }),
  ReduceProd: reduce({ start: 1, step: (total, value) => total * value }),
  ReduceSum: reduce({ start: 0, step: sum }),
  ReduceSumSquare: reduce({ start: 0, step: sumOfSquares }),
}
