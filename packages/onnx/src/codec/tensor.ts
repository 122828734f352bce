import { create } from '@bufbuild/protobuf'
import {
  arrayClasses,
  bytesPerElement,
  type DType,
  ModelFormatError,
  type NDArray,
  ndarray,
  sizeOfShape,
  type TypedArray,
  UnsupportedError,
} from '@gantry/core'
import { type TensorProto, TensorProtoSchema } from '../generated/onnx_pb.ts'
import { dataTypeOf, expectDtype } from './data-types.ts'

/** `TensorProto.DataLocation` of weights in a file of their own. */
const EXTERNAL = 1

/** The bytes of an array as `raw_data` wants them: a view, nothing is copied. */
export function rawDataOf({ data }: NDArray): Uint8Array<ArrayBuffer> {
  return new Uint8Array(data.buffer as ArrayBuffer, data.byteOffset, data.byteLength)
}

/** Everything of a tensor but its data, which the model codec appends without copying. */
export function encodeTensorHeader(name: string, { dtype, shape }: NDArray): TensorProto {
  return create(TensorProtoSchema, { name, dims: shape.map(BigInt), dataType: dataTypeOf(dtype) })
}

/** A whole tensor, for attributes. */
export function encodeTensor(array: NDArray): TensorProto {
  const tensor = encodeTensorHeader('', array)
  tensor.rawData = rawDataOf(array)
  return tensor
}

/** Reads a tensor; its data is a view of the file's bytes wherever they are aligned. */
export function decodeTensor(tensor: TensorProto, owner: string): NDArray {
  if (tensor.dataLocation === EXTERNAL || tensor.externalData.length > 0) {
    throw new UnsupportedError({
      code: 'ONNX_EXTERNAL_DATA',
      message: `${owner} keeps its data in another file (${tensor.externalData.find(({ key }) => key === 'location')?.value ?? 'unnamed'}).`,
      fix: 'Save the model with its weights inside (onnx.save with save_as_external_data=False).',
    })
  }
  const dtype = expectDtype(tensor.dataType, owner)
  const shape = tensor.dims.map(Number)
  const size = sizeOfShape(shape)
  const data = tensor.rawData.length > 0 ? viewRawData(dtype, tensor.rawData) : readTypedData(dtype, tensor)
  if (data?.length !== size || shape.some((dimension) => dimension < 0)) {
    throw new ModelFormatError({
      code: 'ONNX_INVALID',
      message: `${owner} has shape [${shape.join(',')}], so ${size} elements of ${dtype}, but its data has ${data?.length ?? `${tensor.rawData.length} bytes`}.`,
      fix: 'The file is damaged; export it again.',
    })
  }
  return ndarray(dtype, shape, data)
}

/** Undefined when the bytes are no whole number of elements. */
function viewRawData(dtype: DType, raw: Uint8Array): TypedArray | undefined {
  const width = bytesPerElement(dtype)
  if (raw.byteLength % width !== 0) return undefined
  // A typed array needs an aligned start; protobuf aligns nothing.
  const bytes = raw.byteOffset % width === 0 ? raw : new Uint8Array(raw)
  return new arrayClasses[dtype](bytes.buffer as ArrayBuffer, bytes.byteOffset, bytes.byteLength / width)
}

/** The fields that writers may use instead of `raw_data`. */
function readTypedData(dtype: DType, tensor: TensorProto): TypedArray {
  switch (dtype) {
    case 'float32':
      return Float32Array.from(tensor.floatData)
    case 'float64':
      return Float64Array.from(tensor.doubleData)
    case 'int32':
      return Int32Array.from(tensor.int32Data)
    case 'int64':
      return BigInt64Array.from(tensor.int64Data)
    case 'uint8':
    case 'bool':
      return Uint8Array.from(tensor.int32Data)
  }
}
