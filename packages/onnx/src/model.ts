import type { Graph, Model } from './graph.ts'
import { opsetOf } from './operator-sets.ts'

const IR_VERSION = 8

/** What {@link createModel} adds to a graph. */
export interface ModelOptions {
  readonly metadata?: Readonly<Record<string, string>>
  readonly documentation?: string
  readonly producerVersion?: string
}

/** Wraps a graph as a model that {@link encodeModel} can write: the graph's operator set, 17 if it names none, and IR version 8. */
export function createModel(graph: Graph, options: ModelOptions = {}): Model {
  const { metadata = {}, documentation, producerVersion = '' } = options
  return {
    graph,
    opset: opsetOf(graph),
    irVersion: IR_VERSION,
    producerName: 'gantry',
    producerVersion,
    metadata,
    ...(documentation !== undefined && { documentation }),
  }
}
