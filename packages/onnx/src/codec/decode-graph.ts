import { type NDArray, type TensorSpec, UnsupportedError } from '@gantry/core'
import type { GraphProto, NodeProto } from '../generated/onnx_pb.ts'
import type { Attribute, Graph, Node } from '../graph.ts'
import { decodeAttribute } from './attribute.ts'
import { decodeTensor, type ExternalFiles } from './tensor.ts'
import { decodePort, decodeValueSpec } from './value-info.ts'

/** ONNX's own operator set has two names. */
export function ownDomain(domain: string): string {
  return domain === 'ai.onnx' ? '' : domain
}

/** Reads a graph, or the body of a control-flow node. */
export function decodeGraph(proto: GraphProto, files: ExternalFiles = {}): Graph {
  if (proto.sparseInitializer.length > 0) {
    throw new UnsupportedError({
      code: 'ONNX_SPARSE_UNSUPPORTED',
      message: `Graph '${proto.name}' has sparse initializers, but Gantry reads dense ones.`,
    })
  }
  const initializers = new Map(
    proto.initializer.map((tensor): [string, NDArray] => [
      tensor.name,
      decodeTensor(tensor, `Initializer '${tensor.name}'`, files),
    ]),
  )
  const outputs = proto.output.map(decodePort)
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
    inputs: proto.input.filter(({ name }) => !initializers.has(name)).map(decodePort),
    outputs,
    initializers,
    nodes: proto.node.map((node) => decodeNode(node, files)),
    valueSpecs,
  }
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
