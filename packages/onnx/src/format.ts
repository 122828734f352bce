import { describeSpec, type NamedTensorSpec, type NDArray, printableLine, type TensorSpec } from '@gantry/core'
import { type Attribute, type Body, isOpaquePort, type Model, type Node, type OpaquePort } from './graph.ts'

/** Elements of an array that are shown in full. */
const SHOWN = 8

/** A graph as text, for people and for diffs: one line a node. */
export function formatGraph(graph: Body): string {
  const specOf = (name: string) => graph.valueSpecs.get(name)
  return [
    `graph ${graph.name}`,
    ...indent([
      ...graph.inputs.map((input) => `input ${formatPort(input)}`),
      ...[...graph.initializers].map(([name, array]) => `initializer ${name}: ${formatArray(array)}`),
      ...graph.nodes.flatMap((node) => formatNode(node, specOf)),
      ...graph.outputs.map((output) => `output ${formatPort(output)}`),
    ]),
  ]
    .map(printableLine)
    .join('\n')
}

/** A model as text: what the file says about itself, then its graph. */
export function formatModel(model: Model): string {
  const { graph, opset, irVersion, producerName, producerVersion, metadata, documentation } = model
  return [
    `model of ${[producerName || 'an unknown producer', producerVersion].filter(Boolean).join(' ')}, opset ${opset}, IR version ${irVersion}`,
    ...(documentation === undefined ? [] : indent([`documentation ${JSON.stringify(documentation)}`])),
    ...indent(Object.entries(metadata).map(([key, value]) => `metadata ${key}: ${value}`)),
  ]
    .map(printableLine)
    .concat(formatGraph(graph))
    .join('\n')
}

function formatPort(port: NamedTensorSpec | OpaquePort): string {
  return isOpaquePort(port) ? port.name : `${port.name}: ${describeSpec(port)}`
}

function formatNode(node: Node, specOf: (name: string) => TensorSpec | undefined): string[] {
  const operator = node.domain === undefined ? node.operator : `${node.domain}.${node.operator}`
  const outputs = node.outputs.map((name) => {
    const spec = specOf(name)
    return spec === undefined ? name || '_' : `${name}: ${describeSpec(spec)}`
  })
  const inputs = node.inputs.map((name) => name || '_')
  const attributes = Object.entries(node.attributes).map(([name, value]) => `${name}=${formatAttribute(value)}`)
  const bodies = Object.values(node.attributes).flatMap((value) => (value.type === 'graph' ? [value.value] : []))
  return [
    `${outputs.join(', ')} = ${operator}(${[...inputs, ...attributes].join(', ')})`,
    ...bodies.flatMap((body) => indent(formatGraph(body).split('\n'))),
  ]
}

function formatAttribute({ type, value }: Attribute): string {
  switch (type) {
    case 'tensor':
      return formatArray(value)
    case 'graph':
      return value.name
    case 'opaque':
      return value.description
    case 'float':
      return formatFloat(value)
    case 'floats':
      return `[${value.map(formatFloat).join(', ')}]`
    default:
      return JSON.stringify(value).replaceAll(',', ', ')
  }
}

/** Short arrays with their content, since shapes and axes are such. */
function formatArray(array: NDArray): string {
  if (array.data.length > SHOWN) return describeSpec(array)
  const elements = Array.from<number | bigint, string>(array.data, (element) =>
    typeof element === 'bigint' ? `${element}` : formatFloat(element),
  )
  return `${describeSpec(array)} {${elements.join(', ')}}`
}

/** As many digits as a float32 holds: 0.1 rather than 0.10000000149011612. */
function formatFloat(value: number): string {
  return String(Number(value.toPrecision(7)))
}

function indent(lines: readonly string[]): string[] {
  return lines.map((line) => `  ${line}`)
}
