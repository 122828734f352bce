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
import { decodeEntries } from './entries.ts'

/** `TensorProto.DataLocation` of weights in a file of their own. */
export const EXTERNAL = 1

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

/** Contents of the files that hold weights, by the names that the model gives them, or what reads one of its folder. */
export type ExternalFiles = Readonly<Record<string, Uint8Array>> | ((location: string) => Uint8Array)

/** Reads a tensor; its data is a view of the file's bytes wherever they are aligned. */
export function decodeTensor(tensor: TensorProto, owner: string, files: ExternalFiles = {}): NDArray {
  const isExternal = tensor.dataLocation === EXTERNAL || tensor.externalData.length > 0
  const raw = isExternal ? readExternal(tensor, owner, files) : tensor.rawData
  const dtype = expectDtype(tensor.dataType, owner)
  const shape = tensor.dims.map(Number)
  const size = sizeOfShape(shape)
  const data = raw.length > 0 ? viewRawData(dtype, raw) : readTypedData(dtype, tensor)
  if (data?.length !== size || shape.some((dimension) => dimension < 0)) {
    throw new ModelFormatError({
      code: 'ONNX_INVALID',
      message: `${owner} has shape [${shape.join(',')}], so ${size} elements of ${dtype}, but its data has ${data?.length ?? `${raw.length} bytes`}.`,
      fix: 'The file is damaged; export it again.',
    })
  }
  return ndarray(dtype, shape, data)
}

/** Whether a place of weights is a file of the model's folder, or of one inside it. */
export function staysInFolder(location: string): boolean {
  const parts = location.split(/[\\/]/)
  const absolute = parts[0] === '' || /^[a-z]:/i.test(location)
  return !absolute && !parts.includes('..') && parts.at(-1) !== ''
}

function fileAt(files: ExternalFiles, location: string): Uint8Array | undefined {
  if (typeof files === 'function') return files(location)
  return Object.hasOwn(files, location) ? files[location] : undefined
}

/** The part of another file that a tensor refers to. */
export function readExternal({ externalData }: TensorProto, owner: string, files: ExternalFiles): Uint8Array {
  const { location = 'unnamed', offset = '0', length } = decodeEntries(externalData)
  if (!staysInFolder(location)) {
    throw new ModelFormatError({
      code: 'EXTERNAL_LOCATION_INVALID',
      message: `${owner} claims to keep its data in '${location}', which is outside the model's own folder.`,
      fix: 'No file is read there. Export the model again, with its weights beside it.',
    })
  }
  const file = fileAt(files, location)
  if (file === undefined) {
    throw new UnsupportedError({
      code: 'ONNX_EXTERNAL_DATA',
      message: `${owner} keeps its data in another file (${location}).`,
      fix: `Read that file, too: decodeModel(bytes, { '${location}': fileBytes }).`,
    })
  }
  const start = Number(offset)
  const end = length === undefined ? file.length : start + Number(length)
  if (start >= 0 && start <= end && end <= file.length) return file.subarray(start, end)
  throw new ModelFormatError({
    code: 'ONNX_INVALID',
    message: `${owner} lies at bytes ${start} to ${end} of '${location}', but that file has ${file.length}.`,
    fix: 'The files do not belong together, or one was cut short; copy or export both again.',
  })
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
