import type { Dimension } from '@gantry/core'
import { multiplyDimensions } from './dimension.ts'
import { type Inference, shapeText } from './node-context.ts'

const resizeImage: Inference = (context) => {
  const { dtype, shape } = context.input(0)
  const sizes = context.has(3) ? context.vector(3) : undefined
  const scales = context.has(2) ? context.array(2) : undefined
  const axes = context.ints('axes', [...shape.keys()]).map((axis) => context.axis(axis, shape.length))
  const given = sizes?.length ?? scales?.data.length ?? 0
  // An empty `scales` stands for an absent one.
  if (given > 0 && given !== axes.length) {
    context.fail(`there are ${given} sizes or scales for ${axes.length} axes of the input ${shapeText(shape)}`)
  }
  // Sizes are limits then, and the ratio of the sides decides.
  const limits = context.string('keep_aspect_ratio_policy', 'stretch') !== 'stretch' && scales === undefined
  return [
    {
      dtype,
      shape: shape.map((length, axis) => {
        const place = axes.indexOf(axis)
        if (place < 0) return length
        if (limits) return context.fresh(axis)
        const scale = scales?.data[place]
        return (
          sizes?.[place] ??
          (scale !== undefined ? scaleLength(length, Number(scale)) : undefined) ??
          context.fresh(axis)
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
