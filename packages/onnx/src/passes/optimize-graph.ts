import type { Graph } from '../graph.ts'
import { removeDead } from './remove-dead.ts'
import { removeDuplicateInitializers } from './remove-duplicate-initializers.ts'
import { removeDuplicateNodes } from './remove-duplicate-nodes.ts'
import { removeIdentities } from './remove-identities.ts'

/** Each returns the graph itself when there is nothing to do. */
const passes = [removeDead, removeDuplicateInitializers, removeIdentities, removeDuplicateNodes] as const

/**
 * An equivalent graph without dead nodes, duplicates and identities. Inputs and outputs keep names and order.
 *
 * Weights with equal content become one; random operators are never merged.
 */
export function optimizeGraph(graph: Graph): Graph {
  let current = graph
  for (;;) {
    const next = passes.reduce((result, pass) => pass(result), current)
    if (next === current) return current
    current = next
  }
}
