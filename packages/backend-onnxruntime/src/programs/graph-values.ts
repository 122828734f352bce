import { sizeOfShape, type TensorSpec } from '@gantry/core'
import type { Graph, Node } from '@gantry/onnx'

/** The shape of a spec, when all of its lengths are known. */
export function knownShape(spec: TensorSpec | undefined): readonly number[] | undefined {
  return spec?.shape.every((length) => typeof length === 'number') ? (spec.shape as readonly number[]) : undefined
}

/** The shape of a value that a node writes, when all of its lengths are known. */
export function shapeOf({ valueSpecs }: Graph, name: string): readonly number[] | undefined {
  return knownShape(valueSpecs.get(name))
}

/** How many numbers a value has that a node writes; 0 when that is not known. */
export function sizeOf(graph: Graph, name: string): number {
  const shape = shapeOf(graph, name)
  return shape === undefined ? 0 : sizeOfShape(shape)
}

/** Below this many numbers it does not matter how long a value's memory is held. */
export const LARGE = 4096

/**
 * A length of which nothing is said. Few should be: ONNX Runtime takes ten times as long to load a graph whose values are all
 * of unknown shape.
 */
export const OPEN = ''

/** A node that is named after what it writes. */
export function nodeFor(
  operator: string,
  inputs: readonly string[],
  outputs: readonly [string, ...string[]],
  attributes: Node['attributes'] = {},
): Node {
  return { operator, name: outputs[0], inputs, outputs, attributes }
}

/** Operators whose CPU kernels in ONNX Runtime 1.30 write in the memory of their operand, when nobody else reads it. */
export const inPlace: ReadonlySet<string> = new Set(['Clip', 'Elu', 'LeakyRelu', 'Relu', 'Sigmoid', 'Softplus', 'Tanh'])

/** Operators that go number by number: their kernels may write where they read any of their operands. */
export const elementwise: ReadonlySet<string> = new Set(['Add', 'Sub', 'Mul', 'Div'])

/** Operators that only give a value another shape. */
export const reshaping: ReadonlySet<string> = new Set(['Flatten', 'Identity', 'Reshape', 'Squeeze', 'Unsqueeze'])
