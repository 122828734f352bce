import { invertPermutation, ndarray } from '@gantry/core'
import { attribute } from '@gantry/onnx'
import { type TensorInfo, util } from '@tensorflow/tfjs-core'
import { identity, permute } from '../layout.ts'
import type { RecordedDType, RecordedValue } from '../recorded-value.ts'
import type { Recording } from '../recording.ts'
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

const logical =
  (operator: string): Kernel =>
  (recording, { x }: KernelInputs, attributes: ReductionAttributes) =>
    castTo(recording, reduce(recording, castTo(recording, x!, 'int32'), 'int32', operator, attributes), 'bool')

const arg =
  (operator: string): Kernel =>
  (recording, { x }: KernelInputs, { axis }: ReductionAttributes) => {
    const [along] = util.parseAxisParam(axis ?? 0, x!.shape as number[])
    const plan = reduction(recording, recording.value(x!), [along!], false)
    const index = recording.node(operator, [plan.name], {
      axis: attribute.int(plan.axes[0]!),
      keepdims: attribute.int(0),
    })
    const name = recording.node('Cast', [index], { to: attribute.int(6) })
    return recording.keep(name, 'int32', plan.shape, plan.permutation, plan.stored)
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

export const reductionKernels: KernelTable = {
  Sum: numeric('ReduceSum'),
  Max: numeric('ReduceMax'),
  Min: numeric('ReduceMin'),
  Prod: numeric('ReduceProd'),
  Mean: (recording, { x }: KernelInputs, attributes: ReductionAttributes) =>
    reduce(recording, castTo(recording, x!, 'float32'), 'float32', 'ReduceMean', attributes),
  All: logical('ReduceMin'),
  Any: logical('ReduceMax'),
  ArgMax: arg('ArgMax'),
  ArgMin: arg('ArgMin'),
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
