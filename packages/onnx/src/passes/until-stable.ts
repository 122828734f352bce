import type { Graph } from '../graph.ts'

/** A step from graph to graph; returns the graph itself when there is nothing to do. */
export type Pass = (graph: Graph) => Graph

/** Runs passes in turn until none of them changes anything. */
export function untilStable(graph: Graph, passes: readonly Pass[]): Graph {
  let current = graph
  for (;;) {
    const next = passes.reduce((result, pass) => pass(result), current)
    if (next === current) return current
    current = next
  }
}
