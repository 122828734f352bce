import { create } from '@bufbuild/protobuf'
import { ModelFormatError, UnsupportedError } from '@gantry/core'
import { type AttributeProto, AttributeProtoSchema } from '../generated/onnx_pb.ts'
import { type Attribute, attribute } from '../graph.ts'
import { int64 } from '../int64-vector.ts'
import { decodeGraph } from './decode-graph.ts'
import { encodeGraph } from './encode-graph.ts'
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
} as const satisfies Record<Attribute['type'], number>

const utf8Encoder = new TextEncoder()
const utf8Decoder = new TextDecoder()

/** An attribute of a node of this name. */
export function encodeAttribute(name: string, { type, value }: Attribute): AttributeProto {
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

/** @throws UnsupportedError `ONNX_ATTRIBUTE_UNSUPPORTED` for sparse tensors, types and lists of tensors or graphs. */
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
      return attribute.tensor(decodeTensor(proto.t ?? fail(label), label, files))
    case codes.graph:
      return attribute.graph(decodeGraph(proto.g ?? fail(label), files))
    case codes.ints:
      return attribute.ints(proto.ints.map(Number))
    case codes.floats:
      return attribute.floats([...proto.floats])
    case codes.strings:
      return attribute.strings(proto.strings.map((bytes) => utf8Decoder.decode(bytes)))
    default:
      throw new UnsupportedError({
        code: 'ONNX_ATTRIBUTE_UNSUPPORTED',
        message: `${label} has type number ${proto.type}, but Gantry reads ${Object.keys(codes).join(', ')}.`,
      })
  }
}

function fail(label: string): never {
  throw new ModelFormatError({
    code: 'ONNX_INVALID',
    message: `${label} has no value.`,
    fix: 'The file is damaged; export it again.',
  })
}
