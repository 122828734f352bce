import { create } from '@bufbuild/protobuf'
import { ModelFormatError, UnsupportedError } from '@gantry/core'
import { type AttributeProto, AttributeProtoSchema, type TensorProto } from '../generated/onnx_pb.ts'
import { type Attribute, attribute } from '../graph.ts'
import { int64 } from '../int64-vector.ts'
import { dtypeOf, isDataType } from './data-types.ts'
import { decodeBody } from './decode-graph.ts'
import { encodeGraph } from './encode-graph.ts'
import { decodeOpaqueAttribute, decodeOpaqueTensor, encodeOpaque } from './opaque.ts'
import { decodeTensor, type ExternalFiles, encodeTensor } from './tensor.ts'

/** `AttributeProto.AttributeType` of ONNX. */
const codes = {
  float: 1,
  int: 2,
  string: 3,
  tensor: 4,
  graph: 5,
  floats: 6,
  ints: 7,
  strings: 8,
} as const satisfies Record<Exclude<Attribute['type'], 'opaque'>, number>

/** Kept as they stand; lists of tensors or graphs are not, which may read values by name. */
const kept: Readonly<Record<number, string>> = { 11: 'sparse tensor', 13: 'type' }

const utf8Encoder = new TextEncoder()
const utf8Decoder = new TextDecoder()

/** An attribute of a node of this name. */
export function encodeAttribute(name: string, { type, value }: Attribute): AttributeProto {
  if (type === 'opaque') return encodeOpaque(name, value)
  const proto = create(AttributeProtoSchema, { name, type: codes[type] })
  switch (type) {
    case 'int':
      proto.i = int64(value)
      break
    case 'float':
      proto.f = value
      break
    case 'string':
      proto.s = utf8Encoder.encode(value)
      break
    case 'tensor':
      proto.t = encodeTensor(value)
      break
    case 'graph':
      proto.g = encodeGraph(value)
      break
    case 'ints':
      proto.ints = value.map(int64)
      break
    case 'floats':
      proto.floats = [...value]
      break
    case 'strings':
      proto.strings = value.map((text) => utf8Encoder.encode(text))
      break
  }
  return proto
}

/** @throws UnsupportedError `ONNX_ATTRIBUTE_UNSUPPORTED` for lists of tensors, types or graphs. */
export function decodeAttribute(proto: AttributeProto, owner: string, files: ExternalFiles = {}): Attribute {
  const label = `${owner}, attribute '${proto.name}'`
  switch (proto.type) {
    case codes.int:
      return attribute.int(Number(proto.i))
    case codes.float:
      return attribute.float(proto.f)
    case codes.string:
      return attribute.string(utf8Decoder.decode(proto.s))
    case codes.tensor:
      return decodeTensorAttribute(proto.t ?? fail(label), label, files)
    case codes.graph:
      return attribute.graph(decodeBody(proto.g ?? fail(label), files))
    case codes.ints:
      return attribute.ints(proto.ints.map(Number))
    case codes.floats:
      return attribute.floats([...proto.floats])
    case codes.strings:
      return attribute.strings(proto.strings.map((bytes) => utf8Decoder.decode(bytes)))
    default:
      if (kept[proto.type] !== undefined)
        return { type: 'opaque', value: decodeOpaqueAttribute(proto, kept[proto.type]!) }
      throw new UnsupportedError({
        code: 'ONNX_ATTRIBUTE_UNSUPPORTED',
        message: `${label} has type number ${proto.type}, but Gantry reads ${Object.keys(codes).join(', ')}.`,
      })
  }
}

function decodeTensorAttribute(tensor: TensorProto, label: string, files: ExternalFiles): Attribute {
  return dtypeOf(tensor.dataType) === undefined && isDataType(tensor.dataType)
    ? { type: 'opaque', value: decodeOpaqueTensor(tensor, label, files) }
    : attribute.tensor(decodeTensor(tensor, label, files))
}

function fail(label: string): never {
  throw new ModelFormatError({
    code: 'ONNX_INVALID',
    message: `${label} has no value.`,
    fix: 'The file is damaged; export it again.',
  })
}
