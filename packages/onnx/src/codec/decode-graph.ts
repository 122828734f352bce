import { type NDArray, type TensorSpec, UnsupportedError } from '@gantry/core'
import type { GraphProto, NodeProto, TensorProto } from '../generated/onnx_pb.ts'
import type { Attribute, Body, Node } from '../graph.ts'
import { decodeAttribute } from './attribute.ts'
import { dtypeOf, isDataType } from './data-types.ts'
import { decodeOpaqueTensor } from './opaque.ts'
import { decodeTensor, type ExternalFiles } from './tensor.ts'
import { decodeBodyPort, decodeValueSpec } from './value-info.ts'

/** ONNX's own operator set has two names. */
export function ownDomain(domain: string): string {
  return domain === 'ai.onnx' ? '' : domain
}

/** Reads the body of a control-flow node, or a graph as far as the file says what its ports are. */
export function decodeBody(proto: GraphProto, files: ExternalFiles = {}): Body {
  if (proto.sparseInitializer.length > 0) {
    throw new UnsupportedError({
      code: 'ONNX_SPARSE_UNSUPPORTED',
      message: `Graph '${proto.name}' has sparse initializers, but Gantry reads dense ones.`,
    })
  }
  const initializers = new Map<string, NDArray>()
  const constants: Node[] = []
  for (const tensor of proto.initializer) {
    const owner = `Initializer '${tensor.name}'`
    // What Gantry has no arrays for still goes where it went: to the engine.
    if (isForeign(tensor)) constants.push(constantNode(tensor, owner, files))
    else initializers.set(tensor.name, decodeTensor(tensor, owner, files))
  }
  const given = new Set(proto.initializer.map(({ name }) => name))
  const valueSpecs = new Map<string, TensorSpec>()
  const written = new Set(proto.node.flatMap((node) => node.output))
  for (const info of [...proto.valueInfo, ...proto.output]) {
    const spec = decodeValueSpec(info)
    if (spec !== undefined && written.has(info.name)) valueSpecs.set(info.name, spec)
  }
  return {
    name: proto.name,
    ...(proto.docString !== '' && { documentation: proto.docString }),
    // Until IR version 3, initializers were listed among the inputs, too.
    inputs: proto.input.filter(({ name }) => !given.has(name)).map(decodeBodyPort),
    outputs: proto.output.map(decodeBodyPort),
    initializers,
    nodes: [...constants, ...proto.node.map((node) => decodeNode(node, files))],
    valueSpecs,
  }
}

/** Types that ONNX has and Gantry has not; a number that ONNX has not either is damage. */
function isForeign({ dataType }: TensorProto): boolean {
  return dtypeOf(dataType) === undefined && isDataType(dataType)
}

function constantNode(tensor: TensorProto, owner: string, files: ExternalFiles): Node {
  const value: Attribute = { type: 'opaque', value: decodeOpaqueTensor(tensor, owner, files) }
  return { operator: 'Constant', name: '', inputs: [], outputs: [tensor.name], attributes: { value } }
}

function decodeNode(proto: NodeProto, files: ExternalFiles): Node {
  const owner = `Node '${proto.name || proto.output[0]}' (${proto.opType})`
  const domain = ownDomain(proto.domain)
  // Names come from the file: one that every object has would be found where it is not.
  const attributes: Record<string, Attribute> = Object.create(null)
  for (const value of proto.attribute) attributes[value.name] = decodeAttribute(value, owner, files)
  return {
    operator: proto.opType,
    ...(domain !== '' && { domain }),
    name: proto.name,
    inputs: proto.input,
    outputs: proto.output,
    attributes,
  }
}
