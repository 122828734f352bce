import { ArrayIndex } from '../array-index.ts'
import type { Attribute, Graph, Node } from '../graph.ts'
import { capturedValues } from './captured-values.ts'
import { renameValues } from './rename-values.ts'

/** Two calls of these differ although their operands are equal. */
const RANDOM = new Set([
  'Bernoulli',
  'Dropout',
  'Multinomial',
  'RandomNormal',
  'RandomNormalLike',
  'RandomUniform',
  'RandomUniformLike',
])

/** Common-subexpression elimination: of nodes with equal operators, attributes and operands, the first does the work. */
export function removeDuplicateNodes(graph: Graph): Graph {
  const outputNames = new Set(graph.outputs.map(({ name }) => name))
  const pinned = capturedValues(graph)
  const renames = new Map<string, string>()
  const firsts = new Map<string, Node>()
  const constants = new ArrayIndex()
  const nodes: Node[] = []
  for (const original of graph.nodes) {
    const node = { ...original, inputs: original.inputs.map((name) => renames.get(name) ?? name) }
    const key = pureKey(node, constants)
    const first = key === undefined ? undefined : firsts.get(key)
    const replaceable = node.outputs.every((output) => !outputNames.has(output) && !pinned.has(output))
    if (first !== undefined && replaceable) {
      for (const [index, output] of node.outputs.entries())
        if (output !== '') renames.set(output, first.outputs[index]!)
      continue
    }
    if (
      first !== undefined &&
      outputNames.has(node.outputs[0]!) &&
      node.outputs.length === 1 &&
      node.operator !== 'Identity'
    ) {
      // Two graph outputs with one value: the name stays, the work goes.
      nodes.push({
        operator: 'Identity',
        name: node.name,
        inputs: first.outputs,
        outputs: node.outputs,
        attributes: {},
      })
      continue
    }
    if (key !== undefined && first === undefined) firsts.set(key, node)
    nodes.push(node)
  }
  const changed = renames.size > 0 || nodes.some((node, index) => node.operator !== graph.nodes[index]?.operator)
  return changed ? renameValues({ ...graph, nodes }, renames) : graph
}

/**
 * Equal for nodes that compute the same; undefined for nodes that must each stay: random ones, control flow, and operators
 * of other domains, of which nothing is known.
 */
function pureKey({ operator, domain, inputs, outputs, attributes }: Node, constants: ArrayIndex): string | undefined {
  if (domain !== undefined || RANDOM.has(operator)) return undefined
  // Which outputs exist belongs to the key, so that the first node has every output that a later one has.
  const wanted = outputs.map((output) => (output === '' ? 0 : 1))
  let key = `${operator}${SEPARATOR}${inputs.join(SEPARATOR)}${SEPARATOR}${wanted}`
  for (const name of Object.keys(attributes).sort()) {
    const attribute = attributes[name]!
    if (attribute.type === 'graph' || attribute.type === 'opaque') return undefined
    key += `${SEPARATOR}${name}${SEPARATOR}${attributeKey(attribute, constants)}`
  }
  return key
}

/** Stands in no name. */
const SEPARATOR = '\u0000'

function attributeKey({ type, value }: Attribute, constants: ArrayIndex): string {
  if (type === 'tensor') return constants.findOrAdd(value, () => `tensor_${constants.size}`)
  // JSON knows neither infinities nor NaN nor -0.
  if (type === 'float' || type === 'floats') return `${type}:${[value].flat().map(formatNumber)}`
  return `${type}:${JSON.stringify(value)}`
}

function formatNumber(value: number): string {
  return Object.is(value, -0) ? '-0' : String(value)
}
