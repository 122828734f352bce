import { backend_util } from '@tensorflow/tfjs-core'

export interface PoolAttributes {
  readonly filterSize: number | number[]
  readonly strides: number | number[]
  readonly pad: 'same' | 'valid' | number | [number, number][]
  readonly dimRoundingMode?: 'floor' | 'round' | 'ceil'
}

/** The windows along one axis of the image: how many, how long, how far apart, and the padding they reach into. */
export interface Windows {
  readonly count: number
  readonly length: number
  readonly step: number
  readonly before: number
  readonly after: number
}

/** The windows along each axis between the batch and the channels. */
export function windowsOf(shape: readonly number[], attributes: PoolAttributes): Windows[] {
  const { filterSize, strides, pad: padding, dimRoundingMode } = attributes
  const compute = shape.length === 4 ? backend_util.computePool2DInfo : backend_util.computePool3DInfo
  const info = compute(shape as never, filterSize as never, strides as never, 1, padding as never, dimRoundingMode)
  const axes = [
    ...('outDepth' in info ? [[info.outDepth, info.filterDepth, info.strideDepth, info.padInfo.front] as const] : []),
    [info.outHeight, info.filterHeight, info.strideHeight, info.padInfo.top] as const,
    [info.outWidth, info.filterWidth, info.strideWidth, info.padInfo.left] as const,
  ]
  return axes.map(([count, length, step, given], axis) => {
    const surplus = Math.max(0, (count - 1) * step + length - shape[axis + 1]!)
    // TF.js's own padding of volumes is negative where a step is longer than the window.
    const before = padding === 'same' ? Math.floor(surplus / 2) : given
    const after = Math.max(0, (count - 1) * step + length - shape[axis + 1]! - before)
    return { count, length, step, before, after }
  })
}

/** The padding that the windows reach into, axis by axis. */
export const paddingsOf = (windows: readonly Windows[]): [number, number][] => [
  [0, 0],
  ...windows.map(({ before, after }): [number, number] => [before, after]),
  [0, 0],
]
