import { readFile } from 'node:fs/promises'
import {
  bytesPerElement,
  describeSpec,
  GantryError,
  MANIFEST_KEY,
  ModelFormatError,
  readManifest,
  sizeOfShape,
} from '@gantry/core'
import { storageError } from '@gantry/files'
import { decodeModel, type Graph } from '@gantry/onnx'
import type { Inspection } from './inspection.ts'
import { table } from './output.ts'

/**
 * Inputs, outputs, operators and manifest of any ONNX model.
 *
 * @throws ModelFormatError for files that are truncated or no ONNX models, naming the file
 */
export async function inspectModel(path: string): Promise<Inspection> {
  const bytes = await readFile(path).catch((cause) => {
    throw storageError('read', path, cause)
  })
  const { graph, opset, producerName, metadata } = decode(path, bytes)
  const manifest = MANIFEST_KEY in metadata ? readManifest(metadata, path) : null
  const summary = summarize(graph)
  return {
    result: {
      kind: 'model',
      path,
      bytes: bytes.length,
      opset,
      producer: producerName,
      ...summary,
      manifest,
    },
    lines: [
      `${path}: ONNX model of ${producerName || 'an unknown producer'}, opset ${opset}, ${bytes.length} bytes`,
      ...table([
        ...summaryRows(summary),
        ...(manifest ? Object.entries(manifest).map(([key, value]) => [key, textOf(value)]) : [['manifest', 'none']]),
      ]),
    ],
  }
}

/** What a graph is made of. */
export function summarize(graph: Graph) {
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

export function summaryRows(summary: ReturnType<typeof summarize>): string[][] {
  const { inputs, outputs, nodes, operators, weights, parameters } = summary
  return [
    ...inputs.map((input) => ['input', `${input.name} ${describeSpec(input)}`]),
    ...outputs.map((output) => ['output', `${output.name} ${describeSpec(output)}`]),
    ['nodes', `${nodes} (${operators.map(({ operator, count }) => `${count} ${operator}`).join(', ')})`],
    ['parameters', `${parameters} in ${weights} arrays`],
  ]
}

/** The decoder sees bytes only: which file they came from is added here. */
function decode(path: string, bytes: Uint8Array) {
  try {
    return decodeModel(bytes)
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

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}
