import type { Graph, Node } from '../graph.ts'

/** Values that the bodies of control-flow nodes read from outside. Passes leave their names alone. */
export function capturedValues(graph: Graph): ReadonlySet<string> {
  const captured = new Set<string>()
  for (const node of graph.nodes) for (const name of capturesOf(node)) captured.add(name)
  return captured
}

const NOTHING: ReadonlySet<string> = new Set()

/** Values that one node reads through its bodies. */
export function capturesOf(node: Node): ReadonlySet<string> {
  if (!hasBody(node)) return NOTHING
  const captured = new Set<string>()
  for (const attribute of Object.values(node.attributes)) {
    if (attribute.type !== 'graph') continue
    const body = attribute.value
    const own = new Set([
      ...body.inputs.map(({ name }) => name),
      ...body.initializers.keys(),
      ...body.nodes.flatMap(({ outputs }) => outputs),
    ])
    const read = [
      ...body.nodes.flatMap((inner) => [...inner.inputs, ...capturesOf(inner)]),
      ...body.outputs.map(({ name }) => name),
    ]
    for (const name of read) if (name !== '' && !own.has(name)) captured.add(name)
  }
  return captured
}

function hasBody({ attributes }: Node): boolean {
  for (const name in attributes) if (attributes[name]!.type === 'graph') return true
  return false
}
