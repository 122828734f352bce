import { toBinary } from '@bufbuild/protobuf'
import { ConfigurationError, type NDArray } from '@gantry/core'
import { TensorProtoSchema } from '../generated/onnx_pb.ts'
import type { Model } from '../graph.ts'
import { encodeTensorChunks, joinModel } from './encode-model.ts'
import { encodeEntries } from './entries.ts'
import { EXTERNAL, encodeTensorHeader, rawDataOf, staysInFolder } from './tensor.ts'

/** Tensors of this size and more start at a page of memory, so that a runtime can map them from the file. */
const MAPPED_SIZE = 2 ** 20
const PAGE = 4096
/** Smaller ones start where any element may be read. */
const ALIGNMENT = 64

/** Weights in a file of their own, beside the model. */
export interface ExternalData {
  /** Name of the file, as the model refers to it: it must lie in the model's folder under this name. */
  readonly location: string
  /** Length of the file in bytes. */
  readonly size: number
  /** The content, piece by piece and in order; views of the weights, so that nothing is copied. Can be read again. */
  readonly chunks: Iterable<Uint8Array<ArrayBuffer>>
}

/** A model in two files. */
export interface SplitModel {
  /** The bytes of the `.onnx` file. */
  readonly model: Uint8Array<ArrayBuffer>
  readonly data: ExternalData
}

export interface SplitOptions {
  /** Initializers of fewer bytes stay in the model file. Default 1024: shapes and biases. */
  readonly threshold?: number
}

/**
 * Writes a model as an `.onnx` file and a file with its weights, which may be larger than the 2 GiB of an ONNX file.
 *
 * @param location file name of the weights, as they will lie beside the model
 * @throws ConfigurationError `EXTERNAL_LOCATION_INVALID` for a path that leaves the folder; UnsupportedError
 * `ONNX_TOO_LARGE` when the model file alone is above 2 GiB.
 *
 * @example
 * ```ts
 * const { model, data } = encodeSplitModel(createModel(graph), 'weights.bin')
 * await writeFile('model.onnx', model)
 * await writeFile(data.location, data.chunks)
 * ```
 */
export function encodeSplitModel(model: Model, location: string, { threshold = 1024 }: SplitOptions = {}): SplitModel {
  expectFileName(location)
  const pieces: { readonly offset: number; readonly bytes: Uint8Array<ArrayBuffer> }[] = []
  let size = 0
  const store = (name: string, array: NDArray) => {
    const bytes = rawDataOf(array)
    if (bytes.length < threshold) return encodeTensorChunks(name, array)
    const offset = alignedTo(size, bytes.length >= MAPPED_SIZE ? PAGE : ALIGNMENT)
    pieces.push({ offset, bytes })
    size = offset + bytes.length
    return [externalTensor(name, array, { location, offset, length: bytes.length })]
  }
  const encoded = joinModel(model, store)
  return { model: encoded, data: { location, size, chunks: { [Symbol.iterator]: () => padded(pieces) } } }
}

function externalTensor(name: string, array: NDArray, place: Readonly<Record<string, string | number>>): Uint8Array {
  const header = encodeTensorHeader(name, array)
  header.dataLocation = EXTERNAL
  header.externalData = encodeEntries(place)
  return toBinary(TensorProtoSchema, header)
}

function* padded(pieces: readonly { readonly offset: number; readonly bytes: Uint8Array<ArrayBuffer> }[]) {
  let position = 0
  for (const { offset, bytes } of pieces) {
    if (offset > position) yield new Uint8Array(offset - position)
    yield bytes
    position = offset + bytes.length
  }
}

function alignedTo(position: number, step: number): number {
  return Math.ceil(position / step) * step
}

function expectFileName(location: string): void {
  if (staysInFolder(location)) return
  throw new ConfigurationError({
    code: 'EXTERNAL_LOCATION_INVALID',
    message: `Weights cannot be written to '${location}': an ONNX model refers to them by a path inside its own folder.`,
    fix: "Give a file name, such as 'weights.bin', and write the file beside the model.",
  })
}
