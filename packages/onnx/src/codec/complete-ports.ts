import { describeSpec, type NamedTensorSpec, ShapeError } from '@gantry/core'
import { type Body, type Graph, isOpaquePort } from '../graph.ts'
import { readNodes } from '../upgrade/read-nodes.ts'
import { expectDtype } from './data-types.ts'
import { decodePort, readDeclared } from './value-info.ts'

/**
 * A graph whose inputs and outputs all have a type and a rank: what the file does not say of an output follows from the nodes.
 *
 * @throws UnsupportedError `ONNX_DTYPE_UNSUPPORTED` and `ONNX_TYPE_UNSUPPORTED` for an input that is not declared, and for an output
 * that is not and cannot be told; ShapeError for nodes that contradict each other, or what is declared
 */
export function completePorts(body: Body): Graph {
  const inputs = body.inputs.map((port) => (isOpaquePort(port) ? decodePort(readDeclared(port)) : port))
  const known = body.outputs.flatMap((port) => (isOpaquePort(port) ? [] : [port]))
  if (known.length === body.outputs.length) return { ...body, inputs, outputs: known }
  const { specs } = readNodes({ ...body, inputs, outputs: known }).analysis
  const valueSpecs = new Map(body.valueSpecs)
  const outputs = body.outputs.map((port): NamedTensorSpec => {
    if (!isOpaquePort(port)) return port
    const { name } = port
    const info = readDeclared(port)
    const spec = specs.get(name)
    const type = info.type?.tensorType
    if (spec === undefined || (info.type !== undefined && type === undefined)) return decodePort(info)
    const declared = type?.elemType ? expectDtype(type.elemType, `'${name}'`) : spec.dtype
    if (declared !== spec.dtype) {
      throw new ShapeError({
        code: 'OUTPUT_MISMATCH',
        message: `Graph '${body.name}' declares its output '${name}' as ${declared} but computes ${describeSpec(spec)}.`,
        fix: 'Correct the declaration, or the node that writes it.',
      })
    }
    const { dtype, shape } = spec
    if (body.nodes.some((node) => node.outputs.includes(name))) valueSpecs.set(name, { dtype, shape })
    return { name, dtype, shape }
  })
  return { ...body, inputs, outputs, valueSpecs }
}
