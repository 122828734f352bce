import { fromBinary } from '@bufbuild/protobuf'
import { ModelFormatError } from '@gantry/core'
import { type ModelProto, ModelProtoSchema } from '../generated/onnx_pb.ts'
import type { Model } from '../graph.ts'
import { decodeGraph } from './decode-graph.ts'
import type { ExternalFiles } from './tensor.ts'

/** ONNX files start with their IR version: field 1, a small varint. */
const FIRST_BYTE = 0x08
const HIGHEST_IR_VERSION = 64

/**
 * Reads the bytes of an `.onnx` file, whoever wrote it. Large weights stay views of `bytes` where they are aligned.
 *
 * @param externalFiles contents of the files that hold weights of their own, by the names that the model gives them
 * @throws ModelFormatError `ONNX_TRUNCATED` for a model that ends early, `ONNX_FOREIGN` for bytes that are no ONNX model,
 * `ONNX_INVALID` for one that contradicts itself.
 * @throws UnsupportedError `ONNX_DTYPE_UNSUPPORTED`, `ONNX_TYPE_UNSUPPORTED`, `ONNX_EXTERNAL_DATA`,
 * `ONNX_SPARSE_UNSUPPORTED` or `ONNX_ATTRIBUTE_UNSUPPORTED` for parts of ONNX that Gantry does not read.
 */
export function decodeModel(bytes: Uint8Array, externalFiles: ExternalFiles = {}): Model {
  const proto = parse(bytes)
  const opset = proto.opsetImport.find(({ domain }) => domain === '' || domain === 'ai.onnx')
  if (proto.graph === undefined || proto.irVersion <= 0n || proto.opsetImport.length === 0) throw unreadable(bytes)
  return {
    graph: decodeGraph(proto.graph, externalFiles),
    opset: Number(opset?.version ?? 0n),
    irVersion: Number(proto.irVersion),
    producerName: proto.producerName,
    producerVersion: proto.producerVersion,
    metadata: Object.fromEntries(proto.metadataProps.map(({ key, value }) => [key, value])),
    ...(proto.docString !== '' && { documentation: proto.docString }),
  }
}

function parse(bytes: Uint8Array): ModelProto {
  try {
    return fromBinary(ModelProtoSchema, bytes, { readUnknownFields: false })
  } catch (cause) {
    throw unreadable(bytes, cause)
  }
}

/** Tells a model that was cut short from bytes that never were one. */
function unreadable(bytes: Uint8Array, cause?: unknown): ModelFormatError {
  const [first, version = 1] = bytes
  if (first === undefined || (first === FIRST_BYTE && version <= HIGHEST_IR_VERSION)) {
    return new ModelFormatError({
      code: 'ONNX_TRUNCATED',
      message: `The ONNX model ends early or is damaged: its ${bytes.length} bytes hold no complete graph.`,
      fix: 'Copy or export the file again.',
      cause,
    })
  }
  const start = Array.from(bytes.subarray(0, 8), (byte) => byte.toString(16).padStart(2, '0')).join(' ')
  return new ModelFormatError({
    code: 'ONNX_FOREIGN',
    message: `These ${bytes.length} bytes (${start} …) are no ONNX model, which starts with 08 and its IR version.`,
    fix: 'Pass the bytes of an .onnx file.',
    cause,
  })
}
