import type { Dimension } from '@gantry/core'
import { multiplyDimensions } from './dimension.ts'
import { type Inference, shapeText } from './node-context.ts'

const resizeImage: Inference = (context) => {
  const { dtype, shape } = context.input(0)
  const sizes = context.has(3) ? context.vector(3) : undefined
  const scales = context.has(2) ? context.array(2) : undefined
  const given = sizes?.length ?? scales?.data.length ?? 0
  // An empty `scales` stands for an absent one.
  if (given > 0 && given !== shape.length) {
    context.fail(`there are ${given} sizes or scales but the input ${shapeText(shape)} has ${shape.length} axes`)
  }
  return [
    {
      dtype,
      shape: shape.map((length, axis) => {
        const scale = scales?.data[axis]
        return (
          sizes?.[axis] ?? (scale !== undefined ? scaleLength(length, Number(scale)) : undefined) ?? context.fresh(axis)
        )
      }),
    },
  ]
}

function scaleLength(length: Dimension, scale: number): Dimension | undefined {
  if (typeof length === 'number') return Math.floor(length * scale)
  return Number.isInteger(scale) ? multiplyDimensions(length, scale) : undefined
}

/** Interpolation to other sizes. */
export const resizing: Readonly<Record<string, Inference>> = {
  Resize: resizeImage,
}
