import { readFile } from 'node:fs/promises'
import {
  bytesPerElement,
  GantryError,
  MANIFEST_KEY,
  ModelFormatError,
  type ModelManifest,
  type NamedTensorSpec,
  type NDArray,
  readManifest,
  sizeOfShape,
} from '@gantry/core'
import { storageError } from '@gantry/files'
import { decodeModel, type Graph, type Model } from '@gantry/onnx'
import { filesBeside } from './files-beside.ts'

/** What a graph is made of. */
export interface GraphSummary {
  readonly inputs: readonly NamedTensorSpec[]
  readonly outputs: readonly NamedTensorSpec[]
  readonly nodes: number
  /** The most frequent first. */
  readonly operators: readonly { readonly operator: string; readonly count: number }[]
  /** Arrays of weights. */
  readonly weights: number
  readonly parameters: number
  readonly weightBytes: number
}

/** What an ONNX file is. */
export interface ModelDescription extends GraphSummary {
  readonly path: string
  readonly bytes: number
  readonly opset: number
  readonly producer: string
  /** Null for a model that Gantry did not export. */
  readonly manifest: ModelManifest | null
}

/**
 * Inputs, outputs, operators and manifest of any ONNX model, with the files of weights beside it.
 *
 * @throws ModelFormatError for files that are truncated or no ONNX models, naming the file; StorageError
 */
export async function describeModel(path: string): Promise<ModelDescription> {
  const bytes = await readFile(path).catch((cause) => {
    throw storageError('read', path, cause)
  })
  const { graph, opset, producerName, metadata } = decodeFile(path, bytes)
  const manifest = MANIFEST_KEY in metadata ? readManifest(metadata, path) : null
  return { path, bytes: bytes.length, opset, producer: producerName, ...summarizeGraph(graph), manifest }
}

export function summarizeGraph(graph: Graph): GraphSummary {
  const { inputs, outputs, nodes } = graph
  const weights = [...[...graph.initializers.values()].map(sizesOf), ...foreignWeights(graph)]
  return {
    inputs,
    outputs,
    nodes: nodes.length,
    operators: countOperators(graph),
    weights: weights.length,
    parameters: weights.reduce((sum, { elements }) => sum + elements, 0),
    weightBytes: weights.reduce((sum, { bytes }) => sum + bytes, 0),
  }
}

function sizesOf({ dtype, shape }: NDArray) {
  const elements = sizeOfShape(shape)
  return { elements, bytes: elements * bytesPerElement(dtype) }
}

/** Weights of types that Gantry has no arrays for: float16 and the like. */
function foreignWeights({ nodes }: Graph) {
  return nodes.flatMap(({ operator, attributes: { value } }) =>
    operator === 'Constant' && value?.type === 'opaque'
      ? [{ elements: value.value.elements, bytes: value.value.bytes.length }]
      : [],
  )
}

/** A model with the weights beside it. The decoder sees bytes only: which file they came from is added here. */
export function decodeFile(path: string, bytes: Uint8Array): Model {
  try {
    return decodeModel(bytes, filesBeside(path))
  } catch (cause) {
    if (!GantryError.isInstance(cause)) throw cause
    throw new ModelFormatError({ code: cause.code, message: `${path}: ${cause.message}`, cause })
  }
}

function countOperators({ nodes }: Graph): { operator: string; count: number }[] {
  const counts = new Map<string, number>()
  for (const { operator } of nodes) counts.set(operator, (counts.get(operator) ?? 0) + 1)
  return [...counts].map(([operator, count]) => ({ operator, count })).sort((left, right) => right.count - left.count)
}
