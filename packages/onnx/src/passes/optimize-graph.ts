import type { Graph } from '../graph.ts'
import { removeDead } from './remove-dead.ts'
import { removeDuplicateInitializers } from './remove-duplicate-initializers.ts'
import { removeDuplicateNodes } from './remove-duplicate-nodes.ts'
import { removeIdentities } from './remove-identities.ts'
import { untilStable } from './until-stable.ts'

const passes = [removeDead, removeDuplicateInitializers, removeIdentities, removeDuplicateNodes]

/**
 * An equivalent graph without dead nodes, duplicates and identities. Inputs and outputs keep names and order.
 *
 * Weights with equal content become one; random operators are never merged.
 */
export function optimizeGraph(graph: Graph): Graph {
  return untilStable(graph, passes)
}
