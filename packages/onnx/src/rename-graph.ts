import { type Attribute, attribute, type Body, type Node } from './graph.ts'

/** A graph whose values and nodes have other names, in the bodies of its control flow, too. */
export function renameGraph<Named extends Body>(graph: Named, rename: (name: string) => string): Named {
  const own = (name: string) => (name === '' ? name : rename(name))
  const port = <Port extends { readonly name: string }>(each: Port): Port => ({ ...each, name: own(each.name) })
  const renamedAttribute = (value: Attribute) =>
    value.type === 'graph' ? attribute.graph(renameGraph(value.value, rename)) : value
  const node = ({ name, inputs, outputs, attributes, ...rest }: Node): Node => ({
    ...rest,
    name: own(name),
    inputs: inputs.map(own),
    outputs: outputs.map(own),
    attributes: Object.fromEntries(
      Object.entries(attributes).map(([key, value]) => [key, renamedAttribute(value)] as const),
    ),
  })
  return {
    ...graph,
    inputs: graph.inputs.map(port),
    outputs: graph.outputs.map(port),
    initializers: new Map([...graph.initializers].map(([name, array]) => [own(name), array])),
    nodes: graph.nodes.map(node),
    valueSpecs: new Map([...graph.valueSpecs].map(([name, spec]) => [own(name), spec])),
  }
}
