import { type Attribute, attribute, type Graph, type Node, renameGraph } from '@gantry/onnx'

/** The graph with a prefix before every name, but for those of `keep`. */
export function prefixNames(graph: Graph, prefix: string, keep: ReadonlyMap<string, string>): Graph {
  return renameGraph(graph, (name) => keep.get(name) ?? `${prefix}${name}`)
}

/** A value that becomes features: one row a sample, whatever its axes. */
export interface Tap {
  readonly value: string
  /** Channels come last in it, and its mean over space is wanted: the order of axes that puts them second. */
  readonly permutation?: readonly number[]
  readonly mean: boolean
}

/**
 * `first` and then `second`, which reads what `first` writes; its outputs are the taps, as float32 [batch, …], in order and
 * named `output_0` and so on after `prefix`. What no tap needs is left out. The operator sets are those of `second`.
 */
export function chainGraphs(first: Graph, second: Graph, taps: readonly Tap[], prefix: string): Graph {
  const written = new Set(first.outputs.map(({ name }) => name))
  const ends = taps.map((tap, index) => addTap(tap, `${prefix}output_${index}`))
  const nodes = prune(
    [...first.nodes, ...second.nodes, ...ends.flat()],
    ends.map((end) => end.at(-1)!.outputs[0]!),
  )
  const inputs = second.inputs.filter(({ name }) => !written.has(name))
  return {
    name: second.name,
    inputs: [...first.inputs, ...inputs],
    outputs: ends.map((end) => {
      const name = end.at(-1)!.outputs[0]!
      return { name, dtype: 'float32', shape: ['batch', `${name}.width`] }
    }),
    initializers: new Map([...first.initializers, ...second.initializers]),
    nodes,
    // Lengths of the second graph may have other names for the batch; ONNX Runtime infers what it needs.
    valueSpecs: new Map(),
    ...(second.operatorSets && { operatorSets: second.operatorSets }),
    ...(second.functions && { functions: second.functions }),
  }
}

function addTap({ value, permutation, mean }: Tap, output: string): Node[] {
  const nodes: Node[] = []
  const add = (operator: string, attributes: Record<string, Attribute>, name = `${output}/${operator}`) => {
    const input = nodes.at(-1)?.outputs[0] ?? value
    nodes.push({ operator, name, inputs: [input], outputs: [name], attributes })
  }
  if (permutation !== undefined) add('Transpose', { perm: attribute.ints(permutation) })
  if (mean) add('GlobalAveragePool', {})
  add('Flatten', { axis: attribute.int(1) })
  add('Cast', { to: attribute.int(1) }, output)
  return nodes
}

/** The nodes that these values need, in their order. */
function prune(nodes: readonly Node[], outputs: readonly string[]): Node[] {
  const needed = new Set(outputs)
  const kept: Node[] = []
  for (const node of nodes.toReversed()) {
    if (!node.outputs.some((output) => needed.has(output))) continue
    for (const name of namesRead(node)) needed.add(name)
    kept.push(node)
  }
  return kept.reverse()
}

/** What a node reads, also in the bodies of loops and branches. */
function namesRead({ inputs, attributes }: Node): string[] {
  const bodies = Object.values(attributes).flatMap((each) => (each.type === 'graph' ? [each.value] : []))
  return [
    ...inputs,
    ...bodies.flatMap((body) => [...body.nodes.flatMap(namesRead), ...body.outputs.map(({ name }) => name)]),
  ]
}
