import { type NDArray, ndarray, sizeOfShape } from '@gantry/core'
import type { Graph, Node } from '@gantry/onnx'

/** The nodes that read each value, in the order of the graph. */
export function readersOf({ nodes }: Graph): ReadonlyMap<string, readonly Node[]> {
  const readers = new Map<string, Node[]>()
  for (const node of nodes) {
    for (const input of new Set(node.inputs)) {
      const known = readers.get(input)
      if (known === undefined) readers.set(input, [node])
      else known.push(node)
    }
  }
  return readers
}

/** The shape of a value that a node writes, when all of its lengths are known. */
export function shapeOf({ valueSpecs }: Graph, name: string): readonly number[] | undefined {
  const shape = valueSpecs.get(name)?.shape
  return shape?.every((length) => typeof length === 'number') ? (shape as number[]) : undefined
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

/** A vector of whole numbers, such as a shape. */
export function int64(...values: readonly number[]): NDArray {
  return ndarray('int64', [values.length], BigInt64Array.from(values, BigInt))
}
