import { create, fromBinary, toBinary } from '@bufbuild/protobuf'
import { sizeOfShape } from '@gantry/core'
import { type AttributeProto, AttributeProtoSchema, type TensorProto } from '../generated/onnx_pb.ts'
import type { Opaque } from '../graph.ts'
import { dataTypeName } from './data-types.ts'
import { EXTERNAL, type ExternalFiles, readExternal } from './tensor.ts'

/** `AttributeProto.AttributeType` of a tensor. */
const TENSOR = 4

/** A tensor of a type that Gantry has no arrays for; its data come along, wherever they lie. */
export function decodeOpaqueTensor(tensor: TensorProto, owner: string, files: ExternalFiles): Opaque {
  const isExternal = tensor.dataLocation === EXTERNAL || tensor.externalData.length > 0
  const inside = isExternal
    ? { ...tensor, rawData: new Uint8Array(readExternal(tensor, owner, files)), externalData: [], dataLocation: 0 }
    : tensor
  const shape = tensor.dims.map(Number)
  return {
    description: `${dataTypeName(tensor.dataType)}[${shape.join(',')}]`,
    elements: sizeOfShape(shape),
    bytes: toBinary(AttributeProtoSchema, create(AttributeProtoSchema, { type: TENSOR, t: inside })),
  }
}

/** An attribute of a type that Gantry does not read. */
export function decodeOpaqueAttribute(proto: AttributeProto, what: string): Opaque {
  return { description: what, elements: 0, bytes: toBinary(AttributeProtoSchema, proto) }
}

export function encodeOpaque(name: string, { bytes }: Opaque): AttributeProto {
  return { ...fromBinary(AttributeProtoSchema, bytes), name }
}
