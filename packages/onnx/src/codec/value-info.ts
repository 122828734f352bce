import { create, fromBinary, toBinary } from '@bufbuild/protobuf'
import { type Dimension, type NamedTensorSpec, type TensorSpec, UnsupportedError } from '@gantry/core'
import {
  type TensorShapeProto_Dimension,
  TensorShapeProto_DimensionSchema,
  TensorShapeProtoSchema,
  TypeProto_TensorSchema,
  TypeProtoSchema,
  type ValueInfoProto,
  ValueInfoProtoSchema,
} from '../generated/onnx_pb.ts'
import { isOpaquePort, type OpaquePort } from '../graph.ts'
import { dataTypeOf, dtypeOf, expectDtype } from './data-types.ts'

/** A port of a graph or of a body. */
export function encodePort(port: NamedTensorSpec | OpaquePort): ValueInfoProto {
  if (!isOpaquePort(port)) return encodeValueInfo(port.name, port)
  return { ...readDeclared(port), name: port.name }
}

/** What a file says of a port, though it is too little. */
export function readDeclared({ declared }: OpaquePort): ValueInfoProto {
  return fromBinary(ValueInfoProtoSchema, declared)
}

/** A value's name, dtype and shape. */
export function encodeValueInfo(name: string, { dtype, shape }: TensorSpec): ValueInfoProto {
  const dim = shape.map((dimension) => create(TensorShapeProto_DimensionSchema, { value: encodeDimension(dimension) }))
  const tensorType = create(TypeProto_TensorSchema, {
    elemType: dataTypeOf(dtype),
    shape: create(TensorShapeProtoSchema, { dim }),
  })
  return create(ValueInfoProtoSchema, { name, type: create(TypeProtoSchema, { tensorType }) })
}

/** A length without a name is left open. */
function encodeDimension(dimension: Dimension): TensorShapeProto_Dimension['value'] {
  if (typeof dimension === 'number') return { case: 'dimValue', value: BigInt(dimension) }
  return dimension === '' ? { case: undefined } : { case: 'dimParam', value: dimension }
}

/** The spec of an intermediate value; undefined when the file says too little, or a type that Gantry has not. */
export function decodeValueSpec({ name, type }: ValueInfoProto): TensorSpec | undefined {
  const dtype = dtypeOf(type?.tensorType?.elemType ?? 0)
  const dimensions = type?.tensorType?.shape?.dim
  if (dtype === undefined || dimensions === undefined) return undefined
  return { dtype, shape: dimensions.map((dimension, axis) => decodeDimension(dimension, name, axis)) }
}

/** A port as far as the file says what it is. */
export function decodeBodyPort(info: ValueInfoProto): NamedTensorSpec | OpaquePort {
  const spec = decodeValueSpec(info)
  return { name: info.name, ...(spec ?? { declared: toBinary(ValueInfoProtoSchema, info) }) }
}

/**
 * The spec of a graph input or output.
 *
 * @throws UnsupportedError `ONNX_DTYPE_UNSUPPORTED`, or `ONNX_TYPE_UNSUPPORTED` for sequences, maps and tensors of unknown rank.
 */
export function decodePort(info: ValueInfoProto): NamedTensorSpec {
  const tensorType = info.type?.tensorType
  if (tensorType !== undefined && tensorType.elemType !== 0) expectDtype(tensorType.elemType, `'${info.name}'`)
  const spec = decodeValueSpec(info)
  if (spec !== undefined) return { name: info.name, ...spec }
  throw new UnsupportedError({
    code: 'ONNX_TYPE_UNSUPPORTED',
    message:
      info.type === undefined || tensorType !== undefined
        ? `'${info.name}' has no ${tensorType?.elemType ? 'rank' : 'type'}, nor does it follow from the nodes; Gantry needs type and number of axes of every input and output.`
        : `'${info.name}' is no tensor, but Gantry handles only tensors.`,
    fix: 'Export the model with shapes; a length that varies can be symbolic.',
  })
}

/** A length that the file leaves open gets a name of its own. */
function decodeDimension({ value }: TensorShapeProto_Dimension, owner: string, axis: number): Dimension {
  if (value.case === 'dimValue' && value.value >= 0n) return Number(value.value)
  if (value.case === 'dimParam' && value.value !== '') return value.value
  return `${owner.replaceAll(/\W/g, '_')}_axis${axis}`
}
