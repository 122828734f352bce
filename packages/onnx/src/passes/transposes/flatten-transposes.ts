import { sizeOfShape } from '@gantry/core'
import { calls, type Graph, type Node } from '../../graph.ts'
import { permutationOf, transposeNode } from '../elementwise-operators.ts'
import { GraphEdit } from '../graph-edit.ts'
import { reshapeNode } from '../reshape-node.ts'

/** Numbers below which a transpose is as fast as the nodes around it. */
const LEAST_NUMBERS = 1 << 14

/**
 * Writes a Transpose with axes that stay together, such as that of [height, width, batch, channels] to [batch, channels, height, width],
 * as one of fewer axes, where that moves a single one: ONNX Runtime has loops for those, and takes ten times as long for others.
 */
export function flattenTransposes(graph: Graph): Graph {
  const edit = new GraphEdit(graph)
  for (const node of graph.nodes) {
    const spec = calls(node, 'Transpose') ? edit.spec(node.inputs[0]!) : undefined
    if (spec === undefined || !spec.shape.every((length) => typeof length === 'number')) continue
    const shape = spec.shape as readonly number[]
    if (sizeOfShape(shape) >= LEAST_NUMBERS) flatten(edit, node, shape)
  }
  return edit.finish()
}

/**
 * Whether a graph has transposes that {@link flattenTransposes} has made, of fewer axes than the Reshape on either side knows. ONNX Runtime
 * would move them past those, and give them their axes back.
 */
export function hasFlatTransposes({ nodes, initializers }: Graph): boolean {
  const writers = new Map(nodes.flatMap((node) => node.outputs.map((output) => [output, node] as const)))
  return nodes.some((node) => {
    const moved = calls(node, 'Reshape') ? writers.get(node.inputs[0]!) : undefined
    if (!calls(moved, 'Transpose') || !calls(writers.get(moved.inputs[0]!), 'Reshape')) return false
    const { perm } = moved.attributes
    const rank = initializers.get(node.inputs[1]!)?.shape[0] ?? 0
    return perm?.type === 'ints' && movesOne(perm.value) && rank > perm.value.length
  })
}

function flatten(edit: GraphEdit, node: Node, shape: readonly number[]): void {
  const permutation = permutationOf(node, shape.length)
  const groups = togetherIn(permutation.filter((axis) => shape[axis] !== 1))
  const order = groups.map((_, place) => place).sort((left, right) => groups[left]![0]! - groups[right]![0]!)
  const flat = groups.map((_, place) => order.indexOf(place))
  if (movesOne(permutation) || !movesOne(flat)) return
  const lengths = order.map((place) => sizeOfShape(groups[place]!.map((axis) => shape[axis]!)))
  const before = reshapeNode(edit, node.inputs[0]!, lengths)
  const moved = edit.freshName('Transpose')
  const shapeAfter = permutation.map((axis) => shape[axis]!)
  edit.replace(node, [
    before,
    transposeNode(node.name, before.outputs[0]!, moved, flat),
    reshapeNode(edit, moved, shapeAfter, node.outputs[0]),
  ])
}

/** Axes that follow one another before as after, in the order in which they are after. */
function togetherIn(axes: readonly number[]): number[][] {
  const rank = [...axes].sort((left, right) => left - right)
  const groups: number[][] = []
  for (const axis of axes) {
    const last = groups.at(-1)
    if (last !== undefined && rank.indexOf(axis) === rank.indexOf(last.at(-1)!) + 1) last.push(axis)
    else groups.push([axis])
  }
  return groups
}

/** Whether one axis goes to another place, and all others keep their order. */
function movesOne(permutation: readonly number[]): boolean {
  return permutation.some((moved) => {
    const others = permutation.filter((axis) => axis !== moved)
    return others.every((axis, place) => place === 0 || others[place - 1]! < axis)
  })
}
