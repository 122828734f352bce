import { create } from '@bufbuild/protobuf'
import { type GraphProto, GraphProtoSchema, type NodeProto, NodeProtoSchema } from '../generated/onnx_pb.ts'
import type { Body, Node } from '../graph.ts'
import { encodeAttribute } from './attribute.ts'
import { encodeTensorHeader, rawDataOf } from './tensor.ts'
import { encodePort, encodeValueInfo } from './value-info.ts'

/** A whole graph, as the attribute of a control-flow node. */
export function encodeGraph(graph: Body): GraphProto {
  const proto = encodeGraphHeader(graph)
  for (const [name, array] of graph.initializers) {
    const tensor = encodeTensorHeader(name, array)
    tensor.rawData = rawDataOf(array)
    proto.initializer.push(tensor)
  }
  return proto
}

/** Everything of a graph but its initializers, which the model codec appends without copying. */
export function encodeGraphHeader(graph: Body): GraphProto {
  const outputNames = new Set(graph.outputs.map(({ name }) => name))
  return create(GraphProtoSchema, {
    name: graph.name,
    ...(graph.documentation !== undefined && { docString: graph.documentation }),
    input: graph.inputs.map(encodePort),
    output: graph.outputs.map(encodePort),
    valueInfo: [...graph.valueSpecs]
      .filter(([name]) => !outputNames.has(name))
      .map(([name, spec]) => encodeValueInfo(name, spec)),
    node: graph.nodes.map(encodeNode),
  })
}

function encodeNode(node: Node): NodeProto {
  return create(NodeProtoSchema, {
    opType: node.operator,
    name: node.name,
    ...(node.domain !== undefined && { domain: node.domain }),
    input: [...node.inputs],
    output: [...node.outputs],
    attribute: Object.entries(node.attributes).map(([name, value]) => encodeAttribute(name, value)),
  })
}
