import { attribute } from '@gantry/onnx'
import { backend_util, type TensorInfo, upcastType, util } from '@tensorflow/tfjs-core'
import { broadcastShapes, identity } from '../recording/layout.ts'
import type { RecordedDType, RecordedValue } from '../recording/recorded-value.ts'
import type { Recording } from '../recording/recording.ts'
import { activate, type FusedAttributes } from './activation.ts'
import { binaryKernels } from './binary.ts'
import { dtypeOf, type KernelInputs, type KernelTable } from './kernel.ts'
import { castTo } from './unary.ts'

interface MatMulAttributes {
  readonly transposeA?: boolean
  readonly transposeB?: boolean
}

function matMul(
  recording: Recording,
  a: TensorInfo,
  b: TensorInfo,
  { transposeA = false, transposeB = false }: MatMulAttributes,
): TensorInfo {
  if (a.dtype !== b.dtype) {
    const dtype = upcastType(a.dtype, b.dtype) as RecordedDType
    return matMul(recording, castTo(recording, a, dtype), castTo(recording, b, dtype), { transposeA, transposeB })
  }
  const rows = a.shape.at(transposeA ? -1 : -2)!
  const columns = b.shape.at(transposeB ? -2 : -1)!
  const [inner, other] = [a.shape.at(transposeA ? -2 : -1), b.shape.at(transposeB ? -1 : -2)]
  util.assert(
    inner === other,
    () =>
      `Error in matMul: inner shapes (${inner}) and (${other}) of Tensors with shapes ${a.shape} and ${b.shape} and transposeA=${transposeA} and transposeB=${transposeB} must match.`,
  )
  const outer = broadcastShapes([a.shape.slice(0, -2), b.shape.slice(0, -2)])
  // One product of matrices, whatever axes of length one TF.js has put in front: Gemm transposes for free.
  // ONNX Runtime has it for floats only.
  if (a.dtype === 'float32' && outer.every((length) => length === 1)) {
    const name = recording.node(
      'Gemm',
      [recording.place(matrix(recording, a)), recording.place(matrix(recording, b))],
      {
        transA: attribute.int(transposeA ? 1 : 0),
        transB: attribute.int(transposeB ? 1 : 0),
      },
    )
    const product = recording.keep(name, dtypeOf(a), [rows, columns])
    return recording.keepValue(recording.reshaped(recording.value(product), [...outer, rows, columns]))
  }
  const name = recording.node('MatMul', [
    recording.place(a, transposeA ? lastTwoSwapped(a.shape.length) : undefined),
    recording.place(b, transposeB ? lastTwoSwapped(b.shape.length) : undefined),
  ])
  return recording.keep(name, dtypeOf(a), [...outer, rows, columns])
}

function matrix(recording: Recording, info: TensorInfo): RecordedValue {
  return recording.reshaped(recording.value(info), info.shape.slice(-2))
}

function lastTwoSwapped(rank: number): number[] {
  const order = [...identity(rank)]
  ;[order[rank - 2], order[rank - 1]] = [order[rank - 1]!, order[rank - 2]!]
  return order
}

export const linearAlgebraKernels: KernelTable = {
  BatchMatMul: (recording, { a, b }: KernelInputs, attributes: MatMulAttributes) =>
    matMul(recording, a!, b!, attributes),
  Einsum: (recording, inputs: readonly TensorInfo[], { equation }: { equation: string }) => {
    const tensors = Object.values(inputs)
    const { allDims, idDims, summedDims } = backend_util.decodeEinsumEquation(equation, tensors.length)
    backend_util.checkEinsumDimSizes(allDims.length, idDims, tensors as never)
    const lengths = new Map<number, number>()
    for (const [operand, dims] of idDims.entries()) {
      for (const [axis, dim] of dims.entries()) lengths.set(dim, tensors[operand]!.shape[axis]!)
    }
    const dtype = tensors.map(dtypeOf).reduce((left, right) => upcastType(left, right) as RecordedDType)
    const name = recording.node(
      'Einsum',
      tensors.map((tensor) => recording.place(castTo(recording, tensor, dtype))),
      { equation: attribute.string(equation.replace(/\s/g, '')) },
    )
    // TF.js numbers the axes of the result first.
    const rank = allDims.length - summedDims.length
    return recording.keep(
      name,
      dtype,
      Array.from({ length: rank }, (_, dim) => lengths.get(dim)!),
    )
  },
  _FusedMatMul: (
    recording,
    { a, b, bias, preluActivationWeights }: KernelInputs,
    attributes: MatMulAttributes & FusedAttributes,
  ) => {
    const product = matMul(recording, a!, b!, attributes)
    const sum = bias ? (binaryKernels.Add!(recording, { a: product, b: bias }, {}) as TensorInfo) : product
    return activate(recording, sum, attributes, preluActivationWeights)
  },
}
