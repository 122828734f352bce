import { type NDArray, sizeOfShape, type TensorSpec } from '@gantry/core'
import { attribute, type Graph, graphIndex, int64Vector, type Node } from '@gantry/onnx'
import { inPlace, LARGE, nodeFor, OPEN, shapeOf } from './graph-values.ts'

/**
 * Keeps the shapes of large values from ONNX Runtime, which then frees each as soon as its last reader has run.
 *
 * Of values whose shape it knows, its planner keeps the memory for the next value of the very same shape, however much later
 * that comes, and can give it to no other: a training step has many shapes, and takes about twice as much. So the targets of
 * reshapes become sums of a constant and `zero`, and lengths are left open, or become symbols where an activation can be
 * computed in its operand's memory: both have the same ones.
 *
 * @param zero an int64[1] that holds 0, and of which ONNX Runtime does not know it
 */
export function forgetShapes(graph: Graph, zero: string): Graph {
  const { readers } = graphIndex(graph)
  const targets = new Map<string, readonly number[]>()
  const valueSpecs = new Map<string, TensorSpec>()
  const isOverwritten = (name: string) => {
    const [reader, ...others] = readers.get(name) ?? []
    return reader !== undefined && others.length === 0 && inPlace.has(reader.operator) && reader.inputs[0] === name
  }
  const nodes = graph.nodes.map((node) => {
    const target = constantTarget(graph, node)
    const operand = node.inputs[0] ?? ''
    for (const output of node.outputs) {
      const shape = shapeOf(graph, output)
      if (shape === undefined || sizeOfShape(shape) < LARGE) continue
      const shared = isOverwritten(operand) ? valueSpecs.get(operand)?.shape : undefined
      const symbol = (axis: number) => (isOverwritten(output) ? `${output}.${axis}` : OPEN)
      const open = target && openAxis(output, shape.length, readers.get(output) ?? [])
      const own = shape.map((length, axis) => (open === undefined || open === axis ? symbol(axis) : length))
      valueSpecs.set(output, { ...graph.valueSpecs.get(output)!, shape: shared ?? own })
    }
    if (target === undefined) return node
    const name = `target.${target.join('x')}`
    targets.set(name, target)
    return { ...node, inputs: [node.inputs[0]!, name] }
  })
  if (targets.size === 0) return { ...graph, valueSpecs }
  const initializers = new Map(graph.initializers)
  return { ...graph, nodes: [...computeTargets(targets, zero, initializers), ...nodes], initializers, valueSpecs }
}

/** The constant shape that a node gives a large value. */
function constantTarget(graph: Graph, { operator, inputs, outputs }: Node): readonly number[] | undefined {
  if (operator !== 'Reshape' || !graph.initializers.has(inputs[1]!)) return undefined
  const shape = shapeOf(graph, outputs[0]!)
  return shape !== undefined && sizeOfShape(shape) >= LARGE ? shape : undefined
}

/**
 * The axis whose length is not told; the others are, as they help ONNX Runtime to load and to choose kernels. Of a matrix it is
 * the one that the product that reads it does not sum over, of other values the first, which no product sums over.
 */
function openAxis(name: string, rank: number, readers: readonly Node[]): number {
  if (rank !== 2) return 0
  const product = readers.find(({ operator }) => operator === 'Gemm' || operator === 'MatMul')
  if (product === undefined) return 1
  const isLeft = product.inputs[0] === name
  const transposed = product.attributes[isLeft ? 'transA' : 'transB']
  const isTransposed = transposed?.type === 'int' && transposed.value === 1
  return isLeft === isTransposed ? 1 : 0
}

/** Nodes that write every target: all as one sum, taken apart. */
function computeTargets(
  targets: ReadonlyMap<string, readonly number[]>,
  zero: string,
  initializers: Map<string, NDArray>,
): readonly Node[] {
  const [lengths, ranks, all] = ['target.lengths', 'target.ranks', 'target.all'] as const
  initializers.set(lengths, int64Vector([...targets.values()].flat()))
  initializers.set(ranks, int64Vector([...targets.values()].map((target) => target.length)))
  const names = [...targets.keys()] as [string, ...string[]]
  return [nodeFor('Add', [lengths, zero], [all]), nodeFor('Split', [all, ranks], names, { axis: attribute.int(0) })]
}
