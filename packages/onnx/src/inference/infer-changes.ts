import type { TensorSpec } from '@gantry/core'
import { isStatic } from '../folding/evaluation.ts'
import type { Graph, Node } from '../graph.ts'
import { isCurrent } from '../upgrade/read-nodes.ts'
import { sameShape } from './dimension.ts'
import { ShapeAnalysis } from './shape-analysis.ts'

/**
 * A graph whose shapes were inferred before some of its nodes were replaced, with the shapes of what is new: as `inferShapes` gives
 * it, without a look at the other nodes. Undefined where that is not enough: a length is no number, or a value is not as it was.
 */
export function inferChanges(graph: Graph, added: ReadonlySet<Node>): Graph | undefined {
  if (!isCurrent(graph) || !graph.outputs.every(isStatic)) return undefined
  const analysis = new ShapeAnalysis(graph)
  for (const [name, spec] of graph.valueSpecs) analysis.specs.set(name, spec)
  const valueSpecs = new Map<string, TensorSpec>()
  for (const node of graph.nodes) {
    if (added.has(node)) analysis.visit(node)
    for (const name of node.outputs) {
      if (name === '') continue
      const before = graph.valueSpecs.get(name)
      const spec = analysis.valueSpecs.get(name) ?? before
      if (spec === undefined || !isStatic(spec) || !isSame(spec, before ?? spec)) return undefined
      valueSpecs.set(name, spec)
    }
  }
  return { ...graph, valueSpecs }
}

const isSame = (left: TensorSpec, right: TensorSpec) => left.dtype === right.dtype && sameShape(left.shape, right.shape)
