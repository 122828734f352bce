import { invertPermutation, ndarray } from '@gantry/core'
import { attribute } from '@gantry/onnx'
import { type TensorInfo, util } from '@tensorflow/tfjs-core'
import { identity, permute } from '../recording/layout.ts'
import type { RecordedDType, RecordedValue } from '../recording/recorded-value.ts'
import type { Recording } from '../recording/recording.ts'
import { toInt32 } from './index-values.ts'
import { dtypeOf, type Kernel, type KernelInputs, type KernelTable } from './kernel.ts'
import { castTo } from './unary.ts'

interface ReductionAttributes {
  readonly axis?: number | number[]
  /** What Max calls its axes. */
  readonly reductionIndices?: number | number[]
  readonly keepDims?: boolean
}

/** How a reduction over logical axes looks in the graph's order. */
interface Reduction {
  readonly name: string
  readonly axes: number[]
  readonly shape: number[]
  readonly permutation: number[]
  readonly stored: number[]
}

function reduction(recording: Recording, value: RecordedValue, axes: readonly number[], keepDims: boolean): Reduction {
  const places = invertPermutation(value.permutation)
  const repeated = axes.some((axis) => value.stored[places[axis]!] !== value.shape[axis])
  const name = repeated ? recording.place(value, value.permutation) : recording.placeStored(value, value.permutation)
  const full = repeated ? permute(value.shape, value.permutation) : value.stored
  const shape = value.shape.flatMap((length, axis) => (axes.includes(axis) ? (keepDims ? [1] : []) : [length]))
  // Axes that go away close the gaps between the others.
  const rank = (axis: number) => axis - (keepDims ? 0 : axes.filter((gone) => gone < axis).length)
  const permutation: number[] = []
  const stored: number[] = []
  for (const [place, axis] of value.permutation.entries()) {
    if (axes.includes(axis) && !keepDims) continue
    permutation.push(rank(axis))
    stored.push(axes.includes(axis) ? 1 : full[place]!)
  }
  return { name, axes: axes.map((axis) => places[axis]!).sort((a, b) => a - b), shape, permutation, stored }
}

function reduce(
  recording: Recording,
  x: TensorInfo,
  dtype: RecordedDType,
  operator: string,
  { reductionIndices, axis = reductionIndices, keepDims = false }: ReductionAttributes,
): TensorInfo {
  const axes = util.parseAxisParam(axis ?? (identity(x.shape.length) as number[]), x.shape as number[])
  if (axes.length === 0) return recording.keepValue(recording.value(x))
  const plan = reduction(recording, recording.value(x), axes, keepDims)
  const keep = attribute.int(keepDims ? 1 : 0)
  // At opset 17 only ReduceSum takes its axes as an input.
  const name =
    operator === 'ReduceSum'
      ? recording.node(operator, [plan.name, recording.integers(plan.axes)], { keepdims: keep })
      : recording.node(operator, [plan.name], { axes: attribute.ints(plan.axes), keepdims: keep })
  return recording.keep(name, dtype, plan.shape, plan.permutation, plan.stored)
}

const numeric =
  (operator: string): Kernel =>
  (recording, { x }: KernelInputs, attributes: ReductionAttributes) => {
    const numbers = x!.dtype === 'bool' ? castTo(recording, x!, 'int32') : x!
    return reduce(recording, numbers, dtypeOf(numbers), operator, attributes)
  }

/** ONNX Runtime passes over NaN; TF.js gives NaN where any number is. */
const extremum =
  (operator: string): Kernel =>
  (recording, inputs: KernelInputs, attributes: ReductionAttributes) => {
    const found = numeric(operator)(recording, inputs, attributes) as TensorInfo
    if (found.dtype !== 'float32') return found
    const flags = recording.elementwise([inputs.x!], 'int32', ([name]) =>
      toInt32(recording, recording.node('IsNaN', [name!])),
    )
    const spoilt = castTo(recording, reduce(recording, flags, 'int32', 'ReduceMax', attributes), 'bool')
    return recording.elementwise([spoilt, found], 'float32', ([nan, number]) =>
      recording.node('Where', [nan!, recording.scalar(Number.NaN), number!]),
    )
  }

const logical =
  (operator: string): Kernel =>
  (recording, { x }: KernelInputs, attributes: ReductionAttributes) =>
    castTo(recording, reduce(recording, castTo(recording, x!, 'int32'), 'int32', operator, attributes), 'bool')

/** The place of the largest (smallest) number; NaN is neither. */
const arg =
  (operator: string, last: number): Kernel =>
  (recording, { x }: KernelInputs, { axis }: ReductionAttributes) => {
    const [along] = util.parseAxisParam(axis ?? 0, x!.shape as number[])
    const numbers =
      x!.dtype === 'float32'
        ? recording.elementwise([x!], 'float32', ([name]) =>
            recording.node('Where', [recording.node('IsNaN', [name!]), recording.scalar(last), name!]),
          )
        : castTo(recording, x!, 'int32')
    const plan = reduction(recording, recording.value(numbers), [along!], false)
    const index = recording.node(operator, [plan.name], {
      axis: attribute.int(plan.axes[0]!),
      keepdims: attribute.int(0),
    })
    return recording.keep(toInt32(recording, index), 'int32', plan.shape, plan.permutation, plan.stored)
  }

/** A map over one axis that keeps the shape. */
function alongAxis(
  recording: Recording,
  x: TensorInfo,
  axis: number,
  emit: (name: string, place: number) => string,
): TensorInfo {
  const value = recording.value(x)
  const name = emit(recording.place(value, value.permutation), invertPermutation(value.permutation)[axis]!)
  return recording.keep(name, dtypeOf(x), x.shape, value.permutation)
}

const softmax =
  (operator: string, input: string): Kernel =>
  (recording, inputs: KernelInputs, { dim, axis = dim }: { dim?: number; axis?: number }) => {
    const x = inputs[input]!
    const [along] = util.parseAxisParam(axis ?? -1, x.shape as number[])
    return alongAxis(recording, x, along!, (name, place) =>
      recording.node(operator, [name], { axis: attribute.int(place) }),
    )
  }

/** Products of all numbers up to each, in log₂(length) rounds: ONNX has no operator for it. */
const cumulativeProduct: Kernel = (
  recording,
  { x }: KernelInputs,
  { axis, exclusive, reverse }: { axis: number; exclusive: boolean; reverse: boolean },
) => {
  const numbers = x!.dtype === 'bool' ? castTo(recording, x!, 'int32') : x!
  const [along] = util.parseAxisParam(axis, x!.shape as number[])
  const length = x!.shape[along!]!
  return alongAxis(recording, numbers, along!, (name, place) => {
    const one = recording.scalar(1, dtypeOf(numbers))
    /** Everything moved by `steps` away from the start, ones moving in. */
    const shifted = (values: string, steps: number) => {
      const pads = new Array<number>(2 * x!.shape.length).fill(0)
      pads[reverse ? place + x!.shape.length : place] = steps
      const longer = recording.node('Pad', [values, recording.integers(pads), one])
      const start = reverse ? steps : 0
      return recording.node('Slice', [
        longer,
        recording.integers([start]),
        recording.integers([start + length]),
        recording.integers([place]),
      ])
    }
    let product = exclusive ? shifted(name, 1) : name
    for (let reach = 1; reach < length; reach *= 2) product = recording.node('Mul', [product, shifted(product, reach)])
    return product
  })
}

export const reductionKernels: KernelTable = {
  Cumprod: cumulativeProduct,
  Sum: numeric('ReduceSum'),
  Max: extremum('ReduceMax'),
  Min: extremum('ReduceMin'),
  Prod: numeric('ReduceProd'),
  Mean: (recording, { x }: KernelInputs, attributes: ReductionAttributes) =>
    reduce(recording, castTo(recording, x!, 'float32'), 'float32', 'ReduceMean', attributes),
  All: logical('ReduceMin'),
  Any: logical('ReduceMax'),
  ArgMax: arg('ArgMax', Number.NEGATIVE_INFINITY),
  ArgMin: arg('ArgMin', Number.POSITIVE_INFINITY),
  Softmax: softmax('Softmax', 'logits'),
  LogSoftmax: softmax('LogSoftmax', 'logits'),
  Cumsum: (
    recording,
    { x }: KernelInputs,
    { axis, exclusive, reverse }: { axis: number; exclusive: boolean; reverse: boolean },
  ) => {
    const [along] = util.parseAxisParam(axis, x!.shape as number[])
    return alongAxis(recording, x!, along!, (name, place) =>
      recording.node(
        'CumSum',
        [name, recording.builder.constant(ndarray('int64', [], BigInt64Array.of(BigInt(place))))],
        {
          exclusive: attribute.int(exclusive ? 1 : 0),
          reverse: attribute.int(reverse ? 1 : 0),
        },
      ),
    )
  },
}
