import { type Dimension, describeSpec, type NamedTensorSpec, ShapeError, type TensorSpec } from '@gantry/core'
import type { Graph } from './graph.ts'
import { isCurrent, readNodes } from './upgrade/read-nodes.ts'

/**
 * Fills in dtype and shape of every value, as far as the inputs decide them.
 *
 * Symbolic lengths are carried along; lengths computed from them become expressions (`2*batch`), lengths that only the
 * data decides become symbols of their own. Shapes that the graph itself computes are followed through the operators that
 * exporters use for it, and constants are computed. Operators mean what they mean in the graph's operator set. A value of
 * an operator that is not known keeps the spec it had, or has none.
 *
 * @throws ShapeError `SHAPE_MISMATCH` or `DTYPE_MISMATCH`, naming operator, node and both sides, and `OUTPUT_MISMATCH` for an
 * output that is not what the graph declares.
 */
export function inferShapes(graph: Graph): Graph {
  return analyzeShapes(graph).graph
}

/** The graph with inferred specs, and the content of small integer values: the shapes that it computes. */
export function analyzeShapes(graph: Graph): {
  readonly graph: Graph
  readonly vectors: ReadonlyMap<string, readonly Dimension[]>
} {
  const { analysis } = readNodes(graph)
  const outputs = graph.outputs.map((output) => mergeOutput(graph, output, analysis.specs.get(output.name)))
  return { graph: { ...graph, valueSpecs: ownSpecs(graph, analysis.valueSpecs), outputs }, vectors: analysis.vectors }
}

/** Older operator sets are read in words of the working one, with values that the graph itself does not have. */
function ownSpecs(graph: Graph, specs: ReadonlyMap<string, TensorSpec>): ReadonlyMap<string, TensorSpec> {
  if (isCurrent(graph)) return specs
  const written = new Set(graph.nodes.flatMap(({ outputs }) => outputs))
  return new Map([...specs].filter(([name]) => written.has(name)))
}

/** What is declared, made more precise by what was inferred. */
function mergeOutput(graph: Graph, declared: NamedTensorSpec, inferred: TensorSpec | undefined): NamedTensorSpec {
  if (inferred === undefined) return declared
  const { name, dtype, shape } = declared
  const contradicts =
    dtype !== inferred.dtype ||
    shape.length !== inferred.shape.length ||
    shape.some(
      (length, axis) =>
        typeof length === 'number' && typeof inferred.shape[axis] === 'number' && length !== inferred.shape[axis],
    )
  if (contradicts) {
    throw new ShapeError({
      code: 'OUTPUT_MISMATCH',
      message: `Graph '${graph.name}' declares its output '${name}' as ${describeSpec(declared)} but computes ${describeSpec(inferred)}.`,
      fix: 'Correct the declaration, or the node that writes it.',
    })
  }
  return {
    name,
    dtype,
    shape: shape.map((length, axis) =>
      typeof length === 'number' ? length : pickSymbol(length, inferred.shape[axis]!),
    ),
  }
}

/** A name that a person gave (`batch`) says more than an expression. */
function pickSymbol(declared: string, inferred: Dimension): Dimension {
  return typeof inferred === 'number' ? inferred : declared
}
