import type { Graph } from '../graph.ts'

/** A step from graph to graph; returns the graph itself when there is nothing to do. */
export type Pass = (graph: Graph) => Graph

/** Runs passes in turn until each of them, one after the other, has changed nothing. */
export function untilStable(graph: Graph, passes: readonly Pass[]): Graph {
  let current = graph
  for (let turn = 0, idle = 0; idle < passes.length; turn++) {
    const next = passes[turn % passes.length]!(current)
    idle = next === current ? idle + 1 : 0
    current = next
  }
  return current
}
