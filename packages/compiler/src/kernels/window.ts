import { type Attribute, attribute } from '@gantry/onnx'
import type { backend_util } from '@tensorflow/tfjs-core'

/** Geometry of a convolution or pooling, as TF.js computes it. */
export type Window = ReturnType<typeof backend_util.computeConv2DInfo>

/** Height and width. */
export type Pair = readonly [number, number]

/** How far the last windows read past the input's end; negative where they do not reach it. */
export function surplusOf(window: Window): Pair {
  const { padInfo, outHeight, outWidth, strideHeight, strideWidth, effectiveFilterHeight, effectiveFilterWidth } =
    window
  return [
    (outHeight - 1) * strideHeight + effectiveFilterHeight - padInfo.top - window.inHeight,
    (outWidth - 1) * strideWidth + effectiveFilterWidth - padInfo.left - window.inWidth,
  ]
}

/** The part of a pair above zero: padding cannot be negative. */
export function positive([height, width]: Pair): Pair {
  return [Math.max(height, 0), Math.max(width, 0)]
}

/** Rows and columns of padding before the input and after it. */
export function pads(before: Pair, after: Pair): Attribute {
  return attribute.ints([...before, ...after])
}
