import type { Body, Graph } from './graph.ts'

/** The operator set that Gantry writes: the newest that the ONNX checkers in stable distributions know. */
export const OPSET = 17

/** The newest operator set whose operators Gantry knows; what later ones mean by the same names is not guessed. */
export const NEWEST_OPSET = 28

/** Version of ONNX's own operator set that the nodes of a graph mean; 0 where the file names none. */
export function opsetOf({ operatorSets }: Graph): number {
  return operatorSets === undefined ? OPSET : (operatorSets.get('') ?? 0)
}

/** Domains of the operators that a graph calls, also in the bodies of control flow; ONNX's own is left out. */
export function domainsOf({ nodes }: Body): ReadonlySet<string> {
  const domains = new Set<string>()
  for (const { domain, attributes } of nodes) {
    if (domain !== undefined) domains.add(domain)
    for (const attribute of Object.values(attributes)) {
      if (attribute.type === 'graph') for (const inner of domainsOf(attribute.value)) domains.add(inner)
    }
  }
  return domains
}
