import type { Dimension } from '@gantry/core'
import { calls, type Node } from '../../graph.ts'
import type { GraphEdit } from '../graph-edit.ts'
import { reshapeNode } from '../reshape-node.ts'

/** Whether a value has one number for each channel of channels-first images: [C, 1, 1] or [1, C, 1, 1]. */
export function isPerChannel(edit: GraphEdit, name: string, images: readonly Dimension[]): boolean {
  const spec = edit.spec(name)
  if (spec?.dtype !== 'float32' || spec.shape.length > images.length) return false
  const missing = images.length - spec.shape.length
  if (missing > 1) return false
  const aligned = [...new Array<number>(missing).fill(1), ...spec.shape]
  return aligned.every((length, axis) => length === (axis === 1 ? images[1] : 1)) && typeof images[1] === 'number'
}

/** A per-channel value as a vector, and the nodes that make it one. */
export function asVector(edit: GraphEdit, name: string, channels: number): { vector: string; nodes: Node[] } {
  const before = edit.writer(name)
  const source = calls(before, 'Reshape') ? before.inputs[0]! : name
  const shape = edit.spec(source)?.shape
  if (shape?.length === 1 && shape[0] === channels) return { vector: source, nodes: [] }
  const node = reshapeNode(edit, name, [channels])
  return { vector: node.outputs[0]!, nodes: [node] }
}
