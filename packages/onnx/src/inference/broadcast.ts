import type { Dimension } from '@gantry/core'
import { maximumDimension } from './dimension.ts'
import { type NodeContext, shapeText } from './node-context.ts'

/** The shape that NumPy's broadcasting makes of several. */
export function broadcastShapes(context: NodeContext, ...shapes: readonly (readonly Dimension[])[]): Dimension[] {
  return shapes.reduce<Dimension[]>((left, right) => broadcastPair(context, left, right), [])
}

function broadcastPair(context: NodeContext, left: readonly Dimension[], right: readonly Dimension[]): Dimension[] {
  const rank = Math.max(left.length, right.length)
  return Array.from({ length: rank }, (_, axis) => {
    const one = left[axis - rank + left.length] ?? 1
    const other = right[axis - rank + right.length] ?? 1
    if (one === other || other === 1) return one
    if (one === 1) return other
    if (typeof one === 'string' && typeof other === 'string') return maximumDimension(one, other)
    if (typeof one === 'string') return other
    if (typeof other === 'string') return one
    return context.fail(`${shapeText(left)} and ${shapeText(right)} do not broadcast: ${one} against ${other}`)
  })
}
