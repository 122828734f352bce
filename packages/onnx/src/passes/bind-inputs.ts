import { type Dimension, describeSpec, type NDArray, ShapeError, suggestion } from '@gantry/core'
import type { Graph } from '../graph.ts'
import { inferShapes } from '../infer-shapes.ts'

/**
 * Turns graph inputs into initializers of these values, such as trained weights. Symbolic lengths that the values fix are
 * replaced in the inputs that stay.
 *
 * @throws ShapeError `INPUT_UNKNOWN` for a name that is no input, `INPUT_MISMATCH` for a value of another dtype or shape.
 */
export function bindInputs(graph: Graph, values: Readonly<Record<string, NDArray>>): Graph {
  const lengths = new Map<string, number>()
  for (const [name, array] of Object.entries(values)) bindLengths(graph, name, array, lengths)
  // First, so that a weight keeps its name where another constant has the same content.
  const initializers = new Map([...Object.entries(values), ...graph.initializers])
  const resolve = (length: Dimension) => (typeof length === 'string' ? (lengths.get(length) ?? length) : length)
  const inputs = graph.inputs
    .filter(({ name }) => !Object.hasOwn(values, name))
    .map((input) => ({ ...input, shape: input.shape.map(resolve) }))
  return inferShapes({ ...graph, inputs, initializers })
}

function bindLengths(graph: Graph, name: string, array: NDArray, lengths: Map<string, number>): void {
  const input = graph.inputs.find((candidate) => candidate.name === name)
  if (input === undefined) {
    throw new ShapeError({
      code: 'INPUT_UNKNOWN',
      message: `Graph '${graph.name}' has no input '${name}'.`,
      fix: suggestion(
        name,
        graph.inputs.map((candidate) => candidate.name),
      ),
    })
  }
  const shape = input.shape.map((length) => (typeof length === 'string' ? (lengths.get(length) ?? length) : length))
  const fits =
    input.dtype === array.dtype &&
    shape.length === array.shape.length &&
    shape.every((length, axis) => typeof length === 'string' || length === array.shape[axis])
  if (!fits) {
    throw new ShapeError({
      code: 'INPUT_MISMATCH',
      message: `Graph '${graph.name}': input '${name}' is ${describeSpec({ ...input, shape })} but its value is ${describeSpec(array)}.`,
    })
  }
  for (const [axis, length] of shape.entries()) if (typeof length === 'string') lengths.set(length, array.shape[axis]!)
}
