import type { Graph, Model } from './graph.ts'

/** The operator set that Gantry writes: the newest that the ONNX checkers in stable distributions know. */
export const OPSET = 17

const IR_VERSION = 8

/** What {@link createModel} adds to a graph. */
export interface ModelOptions {
  readonly metadata?: Readonly<Record<string, string>>
  readonly documentation?: string
  readonly producerVersion?: string
}

/** Wraps a graph as a model that {@link encodeModel} can write: opset 17, IR version 8. */
export function createModel(graph: Graph, options: ModelOptions = {}): Model {
  const { metadata = {}, documentation, producerVersion = '' } = options
  return {
    graph,
    opset: OPSET,
    irVersion: IR_VERSION,
    producerName: 'gantry',
    producerVersion,
    metadata,
    ...(documentation !== undefined && { documentation }),
  }
}
