import { create, toBinary } from '@bufbuild/protobuf'
import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire'
import { type NDArray, UnsupportedError } from '@gantry/core'
import {
  GraphProtoSchema,
  ModelProtoSchema,
  OperatorSetIdProtoSchema,
  TensorProtoSchema,
} from '../generated/onnx_pb.ts'
import type { Graph, Model } from '../graph.ts'
import { domainsOf } from '../operator-sets.ts'
import { encodeGraphHeader } from './encode-graph.ts'
import { encodeEntries } from './entries.ts'
import { FUNCTIONS_FIELD } from './functions.ts'
import { encodeTensorHeader, rawDataOf } from './tensor.ts'

/** What protobuf's 32-bit lengths can hold. */
const MAXIMUM_SIZE = 2 ** 31 - 1

/** Until IR version 3, initializers were inputs, too, which Gantry does not write; functions came with version 8. */
const OWN_INITIALIZERS = 4
const OWN_FUNCTIONS = 8

/** Consecutive bytes of the file, joined once at the end, so that weights are copied a single time. */
type Chunks = readonly Uint8Array[]

/** How an initializer is stored: its bytes in the model file, or where they are in another one. */
type StoreTensor = (name: string, array: NDArray) => Chunks

/**
 * Writes a model as the bytes of an `.onnx` file.
 *
 * @throws UnsupportedError `ONNX_TOO_LARGE` above 2 GiB, the limit of the format.
 */
export function encodeModel(model: Model): Uint8Array<ArrayBuffer> {
  return joinModel(model, encodeTensorChunks)
}

/** Writes a model whose initializers `store` encodes. */
export function joinModel(model: Model, store: StoreTensor): Uint8Array<ArrayBuffer> {
  const graphField = ModelProtoSchema.field.graph.number
  const graph = encodeGraphChunks(model.graph, store)
  // Before anything writes the length: protobuf's writer knows no length that is too large.
  expectSize(sizeOf(graph))
  // The graph comes last, so that every file that was cut short is recognised as such.
  const functions = (model.graph.functions ?? []).flatMap(({ bytes }) => delimited(FUNCTIONS_FIELD, [bytes]))
  const chunks = [encodeModelHeader(model), ...functions, ...delimited(graphField, graph)]
  const size = sizeOf(chunks)
  expectSize(size)
  const bytes = new Uint8Array(size)
  let offset = 0
  for (const chunk of chunks) {
    bytes.set(chunk, offset)
    offset += chunk.length
  }
  return bytes
}

function expectSize(size: number): void {
  if (size <= MAXIMUM_SIZE) return
  throw new UnsupportedError({
    code: 'ONNX_TOO_LARGE',
    message: `The model takes ${size} bytes, but an ONNX file holds at most ${MAXIMUM_SIZE}.`,
    fix: "Write the weights to a file of their own: exportModel(model, { externalData: 'weights.bin' }), or encodeSplitModel(model, 'weights.bin').",
  })
}

function encodeModelHeader(model: Model): Uint8Array {
  const { graph } = model
  const opsets = new Map(graph.operatorSets ?? [['', model.opset]])
  for (const domain of domainsOf(graph)) if (!opsets.has(domain)) opsets.set(domain, 1)
  const leastIrVersion = graph.functions === undefined ? OWN_INITIALIZERS : OWN_FUNCTIONS
  const header = create(ModelProtoSchema, {
    irVersion: BigInt(Math.max(model.irVersion, leastIrVersion)),
    producerName: model.producerName,
    producerVersion: model.producerVersion,
    ...(model.documentation !== undefined && { docString: model.documentation }),
    opsetImport: [...opsets].map(([domain, version]) =>
      create(OperatorSetIdProtoSchema, { domain, version: BigInt(version) }),
    ),
    metadataProps: encodeEntries(model.metadata),
  })
  return toBinary(ModelProtoSchema, header)
}

function encodeGraphChunks(graph: Graph, store: StoreTensor): Chunks {
  const initializerField = GraphProtoSchema.field.initializer.number
  const initializers = [...graph.initializers].flatMap(([name, array]) =>
    delimited(initializerField, store(name, array)),
  )
  return [toBinary(GraphProtoSchema, encodeGraphHeader(graph)), ...initializers]
}

/** A tensor with its data inside. */
export function encodeTensorChunks(name: string, array: NDArray): Chunks {
  const raw = rawDataOf(array)
  expectSize(raw.length)
  const header = toBinary(TensorProtoSchema, encodeTensorHeader(name, array))
  return [header, ...delimited(TensorProtoSchema.field.rawData.number, [raw])]
}

/** A length-delimited protobuf field around these bytes. */
function delimited(fieldNumber: number, content: Chunks): Chunks {
  const prefix = new BinaryWriter().tag(fieldNumber, WireType.LengthDelimited).uint32(sizeOf(content)).finish()
  return [prefix, ...content]
}

function sizeOf(chunks: Chunks): number {
  return chunks.reduce((size, chunk) => size + chunk.length, 0)
}
