import { readFile } from 'node:fs/promises'
import {
  bytesPerElement,
  GantryError,
  MANIFEST_KEY,
  ModelFormatError,
  type ModelManifest,
  type NamedTensorSpec,
  readManifest,
  sizeOfShape,
} from '@gantry/core'
import { storageError } from '@gantry/files'
import { decodeModel, type Graph } from '@gantry/onnx'
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
  const { graph, opset, producerName, metadata } = decode(path, bytes)
  const manifest = MANIFEST_KEY in metadata ? readManifest(metadata, path) : null
  return { path, bytes: bytes.length, opset, producer: producerName, ...summarizeGraph(graph), manifest }
}

export function summarizeGraph(graph: Graph): GraphSummary {
  const { inputs, outputs, nodes } = graph
  const weights = [...graph.initializers.values()]
  return {
    inputs,
    outputs,
    nodes: nodes.length,
    operators: countOperators(graph),
    weights: weights.length,
    parameters: weights.reduce((sum, { shape }) => sum + sizeOfShape(shape), 0),
    weightBytes: weights.reduce((sum, { dtype, shape }) => sum + sizeOfShape(shape) * bytesPerElement(dtype), 0),
  }
}

/** The decoder sees bytes only: which file they came from is added here. */
function decode(path: string, bytes: Uint8Array) {
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
