import {
  type Dimension,
  describeSpec,
  type NamedTensorSpec,
  type NDArray,
  ShapeError,
  type TensorSpec,
} from '@gantry/core'
import type { Graph } from './graph.ts'
import { constantOf } from './inference/constant.ts'
import { NodeContext } from './inference/node-context.ts'
import { inferences } from './inference/registry.ts'
import { propagateVector, vectorOf } from './inference/shape-values.ts'

/**
 * Fills in dtype and shape of every value, as far as the inputs decide them.
 *
 * Symbolic lengths are carried along; lengths computed from them become expressions (`2*batch`), lengths that only the
 * data decides become symbols of their own. Shapes that the graph itself computes are followed through the operators that
 * exporters use for it. A value of an operator that is not known keeps the spec it had, or has none.
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
  const specs = new Map<string, TensorSpec>(graph.initializers)
  const arrays = new Map<string, NDArray>(graph.initializers)
  const vectors = new Map<string, readonly Dimension[]>()
  const valueSpecs = new Map<string, TensorSpec>()
  for (const input of graph.inputs) specs.set(input.name, input)
  const learn = (name: string, array: NDArray) => {
    arrays.set(name, array)
    const vector = vectorOf(array)
    if (vector !== undefined) vectors.set(name, vector)
  }
  for (const [name, array] of graph.initializers) learn(name, array)

  for (const node of graph.nodes) {
    const context = new NodeContext(node, { specs, arrays, vectors })
    const infer = node.domain === undefined ? inferences.get(node.operator) : undefined
    const operandsKnown = node.inputs.every((name) => name === '' || specs.has(name))
    const inferred = operandsKnown ? infer?.(context) : undefined
    for (const [index, name] of node.outputs.entries()) {
      const spec = inferred?.[index] ?? graph.valueSpecs.get(name)
      if (name === '' || spec === undefined) continue
      const { dtype, shape } = spec
      specs.set(name, { dtype, shape })
      valueSpecs.set(name, { dtype, shape })
    }
    const [output] = node.outputs
    if (output === undefined || inferred?.[0] === undefined) continue
    const constant = constantOf(node)
    if (constant !== undefined) learn(output, constant)
    const vector = propagateVector(context, inferred[0])
    if (vector !== undefined) vectors.set(output, vector)
  }
  const outputs = graph.outputs.map((output) => mergeOutput(graph, output, specs.get(output.name)))
  return { graph: { ...graph, valueSpecs, outputs }, vectors }
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
