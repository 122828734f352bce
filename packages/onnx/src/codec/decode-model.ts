import { fromBinary } from '@bufbuild/protobuf'
import { ModelFormatError } from '@gantry/core'
import { type ModelProto, ModelProtoSchema } from '../generated/onnx_pb.ts'
import type { Model } from '../graph.ts'
import { OPSET } from '../operator-sets.ts'
import { completePorts } from './complete-ports.ts'
import { decodeBody, ownDomain } from './decode-graph.ts'
import { decodeEntries } from './entries.ts'
import { decodeFunctions } from './functions.ts'
import type { ExternalFiles } from './tensor.ts'

/** ONNX files start with their IR version: field 1, a small varint. */
const FIRST_BYTE = 0x08
const HIGHEST_IR_VERSION = 64

/**
 * Reads the bytes of an `.onnx` file, whoever wrote it. Large weights stay views of `bytes` where they are aligned.
 *
 * @param externalFiles contents of the files that hold weights of their own, by the names that the model gives them, or
 * what reads one by its name
 * @throws ModelFormatError `ONNX_TRUNCATED` for a model that ends early, `ONNX_FOREIGN` for bytes that are no ONNX model,
 * `ONNX_INVALID` for one that contradicts itself.
 * @throws UnsupportedError `ONNX_DTYPE_UNSUPPORTED`, `ONNX_TYPE_UNSUPPORTED`, `ONNX_EXTERNAL_DATA`,
 * `ONNX_SPARSE_UNSUPPORTED` or `ONNX_ATTRIBUTE_UNSUPPORTED` for parts of ONNX that Gantry does not read.
 */
export function decodeModel(bytes: Uint8Array, externalFiles: ExternalFiles = {}): Model {
  const proto = parse(bytes)
  const operatorSets = readOperatorSets(proto)
  if (proto.graph === undefined || proto.irVersion <= 0n || operatorSets.size === 0) throw unreadable(bytes)
  const functions = decodeFunctions(proto)
  const opset = operatorSets.get('') ?? 0
  const body = decodeBody(proto.graph, externalFiles)
  const others = [...operatorSets].filter(([domain]) => domain !== '')
  // What is written of a graph that names no sets.
  const isOwn = opset === OPSET && others.every(([, version]) => version === 1)
  return {
    graph: completePorts({
      ...body,
      ...(!isOwn && { operatorSets }),
      ...(functions.length > 0 && { functions }),
    }),
    opset,
    irVersion: Number(proto.irVersion),
    producerName: proto.producerName,
    producerVersion: proto.producerVersion,
    metadata: decodeEntries(proto.metadataProps),
    ...(proto.docString !== '' && { documentation: proto.docString }),
  }
}

/** Versions by domain. ONNX's own domain has two names; before IR version 3 files named no set and meant the first. */
function readOperatorSets({ irVersion, opsetImport }: ModelProto): ReadonlyMap<string, number> {
  const versions = new Map<string, number>()
  for (const { domain, version } of opsetImport) versions.set(ownDomain(domain), Number(version))
  if (irVersion < 3n && versions.size === 0) versions.set('', 1)
  return versions
}

function parse(bytes: Uint8Array): ModelProto {
  try {
    // Unknown fields hold the functions that a model defines.
    return fromBinary(ModelProtoSchema, bytes)
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
