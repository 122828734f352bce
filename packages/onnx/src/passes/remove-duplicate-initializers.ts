import type { NDArray } from '@gantry/core'
import { ArrayIndex } from '../array-index.ts'
import type { Graph } from '../graph.ts'
import { capturedValues } from './captured-values.ts'
import { renameValues } from './rename-values.ts'

/** Keeps one of several initializers with equal content. */
export function removeDuplicateInitializers(graph: Graph): Graph {
  const pinned = new Set([...capturedValues(graph), ...graph.outputs.map(({ name }) => name)])
  const index = new ArrayIndex()
  const renames = new Map<string, string>()
  const initializers = new Map<string, NDArray>()
  for (const [name, array] of graph.initializers) {
    const first = index.findOrAdd(array, () => name)
    if (first === name || pinned.has(name)) initializers.set(name, array)
    else renames.set(name, first)
  }
  return renames.size === 0 ? graph : renameValues({ ...graph, initializers }, renames)
}
